export { EdgeNode, NodeTakenError } from './edge-node.ts';
export type { EdgeLog, EdgeSource } from './edge-source.ts';
export { Receiver, type ReceiverOptions } from './receiver.ts';
export { SourceWatch } from './source-watch.ts';
export type { ScanPlace } from './source-scan.ts';
