export { ContentReader, type ReadSoFar } from './content-reader.ts';
export { ownSignal, type OwnSignal } from './own-signal.ts';
export { stopped } from './stopped.ts';
