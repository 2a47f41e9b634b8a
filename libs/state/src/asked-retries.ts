import type { FailedStage } from '@waybill/domain';
import { assetColumns, type AssetRecord } from './asset-record.ts';
import { Prisma, type Database, type Queryable } from './database.ts';
import { deliveryColumns, type DeliveryRecord } from './delivery-record.ts';
import { assetRetryRefusal, deliveriesRetryRefusal, deliveryRetryRefusal } from './retry-refusals.ts';
import { retryAsset, retryDelivery, type RetryOrder } from './retries.ts';

/** What came of a person's order: what it was given for, or why nothing was done and what is possible instead. */
export type RetryAnswer<Given> = { readonly retried: Given } | { readonly refused: string };

/**
 * A person's retry of an asset from the stage that it failed in. Row and stage are looked at under the row's lock: of many
 * orders at once one is carried out, and the others are told why not. Undefined: there is no such asset.
 */
export function retryAssetFrom(
  db: Database,
  from: FailedStage,
  order: RetryOrder,
): Promise<RetryAnswer<AssetRecord> | undefined> {
  return db.$transaction(async tx => {
    const asset = await lockAsset(tx, Prisma.sql`a.id = ${order.id}::uuid`);
    if (asset === undefined) return undefined;
    const refused = assetRetryRefusal(asset, from);
    if (refused !== undefined) return { refused };
    if (!(await retryAsset(tx, from, order))) throw new Error(`asset ${order.id} moved under its lock`);
    return { retried: asset };
  });
}

/**
 * A person's retry of an asset's failed deliveries, to one destination or to all. Answers the ids of those that start
 * again. Undefined: there is no such asset.
 */
export function retryFailedDeliveries(
  db: Database,
  destination: string | undefined,
  order: RetryOrder,
): Promise<RetryAnswer<readonly string[]> | undefined> {
  return db.$transaction(async tx => {
    const asset = await lockAsset(tx, Prisma.sql`a.id = ${order.id}::uuid`);
    if (asset === undefined) return undefined;
    const deliveries = await lockDeliveries(tx, Prisma.sql`d.asset_id = ${asset.id}::uuid`);
    const refused = deliveriesRetryRefusal(asset, deliveries, destination);
    if (refused !== undefined) return { refused };
    const failed = deliveries.filter(
      ({ state, destination: to }) => state === 'failed' && (destination === undefined || to === destination),
    );
    for (const { id } of failed) await retryDelivery(tx, { ...order, id });
    return { retried: failed.map(({ id }) => id) };
  });
}

/**
 * A person's retry of one delivery: failed, cancelled, or waiting out a trouble. Under the row's lock, as retryAssetFrom.
 * Undefined: there is no such delivery.
 */
export function retryDeliveryNow(
  db: Database,
  order: RetryOrder,
): Promise<RetryAnswer<DeliveryRecord> | undefined> {
  return db.$transaction(async tx => {
    // The asset first, as everywhere (waybill_move_deliveries): two that touch both can't wait for each other in a ring.
    const asset = await lockAsset(
      tx,
      Prisma.sql`a.id = (SELECT asset_id FROM deliveries WHERE id = ${order.id}::uuid)`,
    );
    const [delivery] = await lockDeliveries(tx, Prisma.sql`d.id = ${order.id}::uuid`);
    if (asset === undefined || delivery === undefined) return undefined;
    const refused = deliveryRetryRefusal(asset, delivery);
    if (refused !== undefined) return { refused };
    if (!(await retryDelivery(tx, order))) throw new Error(`delivery ${order.id} moved under its lock`);
    return { retried: delivery };
  });
}

async function lockAsset(db: Queryable, where: Prisma.Sql): Promise<AssetRecord | undefined> {
  const rows = await db.$queryRaw<AssetRecord[]>`
    SELECT ${assetColumns} FROM assets a WHERE ${where} FOR UPDATE OF a`;
  return rows[0];
}

function lockDeliveries(
  db: Queryable,
  where: Prisma.Sql,
): Promise<(DeliveryRecord & { readonly isDue: boolean })[]> {
  return db.$queryRaw`
    SELECT ${deliveryColumns}, coalesce(d.due_at <= clock_timestamp(), false) AS "isDue" FROM deliveries d
    WHERE ${where} ORDER BY d.id FOR UPDATE OF d`;
}
