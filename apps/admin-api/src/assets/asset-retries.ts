import { Inject, Injectable } from '@nestjs/common';
import { retryAssetFrom, retryFailedDeliveries, type Database } from '@waybill/state';
import { DATABASE } from '../admin-parts.ts';
import { RetryWakeUps } from '../retry-wake-ups.ts';
import type { AssetRetry } from './asset-requests.ts';

/** Passes a person's retry on to the rows, and wakes whoever works on them then. */
@Injectable()
export class AssetRetries {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(RetryWakeUps) private readonly wakeUps: RetryWakeUps,
  ) {}

  /** `refused`: nothing was done, and the sentence says what is possible. Undefined: there is no such asset. */
  async order(
    id: string,
    { from, destination, reason }: AssetRetry,
    actor: string,
  ): Promise<{ readonly refused: string | undefined } | undefined> {
    const order = { id, actor, reason: reason ?? null };
    if (from === 'deliver') {
      const answer = await retryFailedDeliveries(this.db, destination, order);
      if (answer === undefined || 'refused' in answer) return answer;
      this.wakeUps.deliveries(id);
    } else {
      const answer = await retryAssetFrom(this.db, from, order);
      if (answer === undefined || 'refused' in answer) return answer;
      this.wakeUps.stage(from, answer.retried);
    }
    return { refused: undefined };
  }
}
