import { z } from 'zod';

/** Every wake-up there is; each has its file in this folder. */
export type WakeUpName = 'edge.work' | 'finalizer.work' | 'delivery.work';

/**
 * "There is work." A wake-up carries no state: the row in Postgres says what is due, so a wake-up that is lost, late or
 * repeated changes nothing but the moment at which the work is found.
 */
export interface WakeUp {
  readonly name: WakeUpName;
  /** The Bull queue it goes through. */
  readonly queue: string;
  readonly payload: typeof assetHint;
}

/** What a job may name. Ids only: job data lie in Redis as plain text. */
export const assetHint = z.strictObject({ assetId: z.string().min(1).max(100).optional() });

export type AssetHint = z.output<typeof assetHint>;
