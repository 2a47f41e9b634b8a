import { assetHint, type WakeUp } from './wake-up.ts';

/** Deliveries were created, released or are to be tried again now. */
export const deliveryWork: WakeUp = { name: 'delivery.work', queue: 'delivery', payload: assetHint };
