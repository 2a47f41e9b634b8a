import { assetHint, type WakeUp } from './wake-up.ts';

/** An asset is to be completed, or its metadata and deliveries are to be made. */
export const finalizerWork: WakeUp = { name: 'finalizer.work', queue: 'finalizer', payload: assetHint };
