import type { AssetTransition, FailedStage } from '@waybill/domain';
import { moveAssets } from './asset-moves.ts';
import type { Queryable } from './database.ts';
import { moveDeliveries } from './delivery-moves.ts';

const retryOf: Record<FailedStage, AssetTransition> = {
  receive: 'retry-receive',
  finalize: 'retry-finalize',
  metadata: 'retry-metadata',
};

export interface RetryOrder {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
}

/** A failed asset starts again from `stage`, at once. False when it is failed no longer: two clicks make one retry. */
export async function retryAsset(
  db: Queryable,
  stage: FailedStage,
  { id, actor, reason }: RetryOrder,
): Promise<boolean> {
  const moved = await moveAssets(db, [
    {
      id,
      transition: retryOf[stage],
      patch: { attempts: 0 },
      trouble: null,
      dueInMs: 0,
      events: [{ kind: 'retry', actor, detail: { from: stage, reason } }],
    },
  ]);
  return moved.has(id);
}

/** A failed or cancelled delivery starts again, at once. False when it is neither. */
export async function retryDelivery(db: Queryable, { id, actor, reason }: RetryOrder): Promise<boolean> {
  const moved = await moveDeliveries(db, [
    {
      id,
      transition: 'retry',
      patch: { attempts: 0 },
      trouble: null,
      dueInMs: 0,
      events: [{ kind: 'delivery-retry', actor, detail: { deliveryId: id, reason } }],
    },
  ]);
  return moved.has(id);
}
