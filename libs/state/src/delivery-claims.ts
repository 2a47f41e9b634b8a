import type { Claim } from './asset-claims.ts';
import { Prisma, type Database } from './database.ts';
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
    ), due AS (SELECT DISTINCT ON (path) id FROM candidates ORDER BY path, priority DESC, created_at, id)
    UPDATE deliveries d SET state = 'delivering', lease_owner = ${owner}, fence = d.fence + 1,
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
