export { ClaimLoop, type ClaimLoopOptions, type ClaimLoopWork } from './claim-loop.ts';
export { LeaseKeeper, type HeldLease, type Lease, type LeaseKeeperOptions } from './lease-keeper.ts';
export { LeaseLostError } from './lease-lost-error.ts';
export type { OutageLog } from './outage.ts';
