export { deliverySets, type DeliverySets } from './delivery-sets.ts';
export { DestinationWork, type DestinationWorkOptions } from './destination-work.ts';
