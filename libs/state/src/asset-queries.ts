import type { AssetState, CustodyLink } from '@waybill/domain';
import { assetColumns, type AssetRecord } from './asset-record.ts';
import { asJson, Prisma, type Queryable } from './database.ts';
import { groupBy } from './group-by.ts';
import { deliveryColumns, type DeliveryRecord } from './delivery-record.ts';
import { decodeCursor, pageOf, type Page } from './page.ts';

export interface AssetFilter {
  readonly state?: AssetState | undefined;
  readonly source?: string | undefined;
  readonly recording?: string | undefined;
  readonly destination?: string | undefined;
  /** Part of the filename, in any case. */
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Assets newest first. */
export async function listAssets(db: Queryable, filter: AssetFilter): Promise<Page<AssetRecord>> {
  const where = [Prisma.sql`true`];
  if (filter.state !== undefined) where.push(Prisma.sql`a.state = ${filter.state}`);
  if (filter.source !== undefined) where.push(Prisma.sql`a.source = ${filter.source}`);
  if (filter.recording !== undefined) where.push(Prisma.sql`a.recording_id = ${filter.recording}::uuid`);
  if (filter.q !== undefined) where.push(Prisma.sql`a.filename ILIKE ${`%${escapeLike(filter.q)}%`}`);
  if (filter.destination !== undefined) {
    where.push(
      Prisma.sql`EXISTS (SELECT 1 FROM deliveries d WHERE d.asset_id = a.id AND d.destination = ${filter.destination})`,
    );
  }
  if (filter.cursor !== undefined) {
    const { at, id } = decodeCursor(filter.cursor);
    where.push(Prisma.sql`(a.discovered_at, a.id) < (${at}, ${id}::uuid)`);
  }
  const rows = await db.$queryRaw<AssetRecord[]>`
    SELECT ${assetColumns} FROM assets a WHERE ${Prisma.join(where, ' AND ')}
    ORDER BY a.discovered_at DESC, a.id DESC LIMIT ${filter.limit + 1}`;
  return pageOf(rows, filter.limit, row => ({ at: row.discoveredAt, id: row.id }));
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, char => `\\${char}`);

/** These assets by id; an id without a row is absent. */
export async function findAssets(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AssetRecord>> {
  const rows = await db.$queryRaw<AssetRecord[]>`
    SELECT ${assetColumns} FROM assets a WHERE a.id IN (SELECT jsonb_array_elements_text(${asJson(ids)})::uuid)`;
  return new Map(rows.map(row => [row.id, row]));
}

export async function findAsset(db: Queryable, id: string): Promise<AssetRecord | undefined> {
  const rows = await db.$queryRaw<
    AssetRecord[]
  >`SELECT ${assetColumns} FROM assets a WHERE a.id = ${id}::uuid`;
  return rows[0];
}

/** The deliveries of these assets, oldest first. */
export async function deliveriesOf(
  db: Queryable,
  assetIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DeliveryRecord[]>> {
  if (assetIds.length === 0) return new Map();
  const rows = await db.$queryRaw<DeliveryRecord[]>`
    SELECT ${deliveryColumns} FROM deliveries d
    WHERE d.asset_id IN (SELECT jsonb_array_elements_text(${asJson(assetIds)})::uuid) ORDER BY d.created_at, d.id`;
  return groupBy(rows, row => row.assetId);
}

/** The waybill of an asset, from its first event. */
export function readCustody(db: Queryable, assetId: string): Promise<CustodyLink[]> {
  return db.$queryRaw`
    SELECT e.asset_id::text AS "assetId", e.seq, e.at, e.kind, e.actor, e.detail, e.prev_hash AS "prevHash", e.hash
    FROM custody_events e WHERE e.asset_id = ${assetId}::uuid ORDER BY e.seq`;
}
