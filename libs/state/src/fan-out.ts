import { v7 as uuidv7 } from 'uuid';
import { moveAssets, type AssetMove } from './asset-moves.ts';
import { eventRow } from './custody-event.ts';
import { asJson, type Database } from './database.ts';
import { throughDeadlocks } from './database-reason.ts';
import { appendCustody } from './discoveries.ts';

/** A delivery that a finished asset's route asks for. */
export interface OwedDelivery {
  readonly destination: string;
  /** Path below the destination's root. */
  readonly path: string;
  readonly after: readonly string[];
}

export interface FinishedAsset {
  readonly move: AssetMove;
  readonly size: number;
  readonly priority: number;
  readonly actor: string;
  readonly deliveries: readonly OwedDelivery[];
}

/**
 * Completes assets and creates their deliveries in one transaction, in sets: an asset is `completed` if and only if its
 * deliveries exist. Repeatable: a delivery that exists already stays. Answers the destinations that now have work.
 */
export function completeAssets(
  db: Database,
  finished: readonly FinishedAsset[],
): Promise<ReadonlySet<string>> {
  return throughDeadlocks(() => completeOnce(db, finished));
}

function completeOnce(db: Database, finished: readonly FinishedAsset[]): Promise<ReadonlySet<string>> {
  return db.$transaction(async tx => {
    const moved = await moveAssets(
      tx,
      finished.map(asset => asset.move),
    );
    const rows = finished
      .filter(asset => moved.has(asset.move.id))
      .flatMap(asset =>
        asset.deliveries.map(delivery => ({
          ...delivery,
          id: uuidv7(),
          assetId: asset.move.id,
          size: asset.size,
          priority: asset.priority,
          actor: asset.actor,
        })),
      );
    if (rows.length === 0) return new Set<string>();
    const created = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO deliveries (id, asset_id, destination, path, after, state, priority, size, due_at, created_at, last_activity_at)
      SELECT r.id, r."assetId", r.destination, r.path, r.after, 'waiting', r.priority, r.size,
        CASE WHEN cardinality(r.after) = 0 THEN now() END, now(), now()
      FROM jsonb_to_recordset(${asJson(rows)}) AS r(id uuid, "assetId" uuid, destination text, path text, after text[],
        priority int, size bigint)
      ON CONFLICT (asset_id, destination, path) DO NOTHING
      RETURNING id::text`;
    const isCreated = new Set(created.map(row => row.id));
    const owed = rows.filter(row => isCreated.has(row.id));
    await appendCustody(
      tx,
      owed.map(row => ({
        assetId: row.assetId,
        ...eventRow({
          kind: 'delivery-created',
          actor: row.actor,
          detail: { deliveryId: row.id, destination: row.destination, path: row.path, after: row.after },
        }),
      })),
    );
    return new Set(owed.filter(row => row.after.length === 0).map(row => row.destination));
  });
}
