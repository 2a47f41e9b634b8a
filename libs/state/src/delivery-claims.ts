import type { Claim } from './asset-claims.ts';
import { asJson, Prisma, type Database, type Queryable } from './database.ts';
import { deliveryColumns, type DeliveryRecord } from './delivery-record.ts';

/** What a delivery carries, read with its claim. */
export interface ClaimedDelivery extends DeliveryRecord {
  readonly assetSource: string;
  readonly filename: string;
  readonly contentType: string;
  readonly landing: string;
  readonly landingKey: string;
  readonly landingEtag: string;
  readonly sha256: string;
}

/**
 * Claims what is due for one destination, most urgent and oldest first. Deliveries to one path run one at a time, also
 * over several replicas: a unique index guards it, and a claim that meets it comes back empty and is tried again.
 */
export async function claimDeliveries(
  db: Database,
  destination: string,
  claim: Claim,
): Promise<ClaimedDelivery[]> {
  try {
    return await claimOnce(db, destination, claim);
  } catch (error) {
    if (isPathTaken(error)) return [];
    throw error;
  }
}

function claimOnce(
  db: Database,
  destination: string,
  { owner, limit, leaseMs }: Claim,
): Promise<ClaimedDelivery[]> {
  const lease = Prisma.sql`now() + ${leaseMs} * interval '1 millisecond'`;
  return db.$queryRaw<ClaimedDelivery[]>`
    WITH candidates AS (
      SELECT d.id, d.path, d.priority, d.created_at FROM deliveries d
      WHERE d.destination = ${destination} AND d.state IN ('waiting', 'delivering') AND d.due_at <= now()
        AND NOT EXISTS (SELECT 1 FROM destinations p WHERE p.name = d.destination AND p.paused)
        AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.destination = d.destination AND o.path = d.path
          AND o.id <> d.id AND o.state = 'delivering')
      ORDER BY d.priority DESC, d.due_at LIMIT ${limit} FOR UPDATE OF d SKIP LOCKED
    ), due AS (
      SELECT DISTINCT ON (path) id FROM candidates ORDER BY path, priority DESC, created_at, id
    ), frozen AS (
      -- A parcel of one file bears its delivery's id; its members are written before the first attempt.
      INSERT INTO parcels (id, destination, kind, frozen_at) SELECT id, ${destination}, 'file', now() FROM due
      ON CONFLICT (id) DO NOTHING
    )
    UPDATE deliveries d SET state = 'delivering', parcel_id = coalesce(d.parcel_id, d.id), lease_owner = ${owner}, fence = d.fence + 1,
      lease_expires_at = ${lease}, due_at = ${lease}, last_activity_at = now()
    FROM due, assets a WHERE d.id = due.id AND a.id = d.asset_id
    RETURNING ${deliveryColumns}, a.source AS "assetSource", a.filename, a.content_type AS "contentType", a.landing,
      a.landing_key AS "landingKey", a.landing_etag AS "landingEtag", a.sha256`;
}

/** Another replica took the same path in the same moment. */
function isPathTaken(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    error.message.includes('deliveries_one_at_a_path')
  );
}

/** Lets go of deliveries that were claimed and not made: they wait again and are due at once. */
export async function releaseDeliveries(
  db: Queryable,
  held: readonly { readonly id: string; readonly fence: number }[],
): Promise<void> {
  if (held.length === 0) return;
  await db.$executeRaw`
    UPDATE deliveries d SET state = 'waiting', lease_owner = NULL, lease_expires_at = NULL, due_at = now()
    FROM jsonb_to_recordset(${asJson(held.map(({ id, fence }) => ({ id, fence })))}) AS h(id uuid, fence bigint)
    WHERE d.id = h.id AND d.fence = h.fence AND d.state = 'delivering'`;
}
