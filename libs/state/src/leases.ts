import { asJson, Prisma, type Queryable } from './database.ts';

/** A row that a worker holds. */
export interface LeasedRow {
  readonly id: string;
  readonly fence: number;
}

type LeasedTable = 'assets' | 'deliveries';

/** Prolongs every lease that a process holds in one statement; answers the ids that it holds no longer. */
export async function renewLeases(
  db: Queryable,
  table: LeasedTable,
  held: readonly LeasedRow[],
  leaseMs: number,
): Promise<readonly string[]> {
  if (held.length === 0) return [];
  const renewed = await db.$queryRaw<{ id: string }[]>`
    WITH held AS (
      SELECT r.id FROM ${Prisma.raw(table)} r
      JOIN jsonb_to_recordset(${asJson(held.map(({ id, fence }) => ({ id, fence })))}) AS h(id uuid, fence bigint)
        ON r.id = h.id AND r.fence = h.fence
      WHERE r.lease_owner IS NOT NULL ORDER BY r.id FOR UPDATE OF r
    )
    UPDATE ${Prisma.raw(table)} r SET lease_expires_at = now() + ${leaseMs} * interval '1 millisecond',
      due_at = now() + ${leaseMs} * interval '1 millisecond'
    FROM held WHERE r.id = held.id
    RETURNING r.id::text`;
  const kept = new Set(renewed.map(row => row.id));
  return held.map(lease => lease.id).filter(id => !kept.has(id));
}

/** Lets go of assets without moving them: they are due at once for whoever claims next. */
export async function releaseAssets(db: Queryable, held: readonly LeasedRow[]): Promise<void> {
  if (held.length === 0) return;
  await db.$executeRaw`
    UPDATE assets r SET lease_owner = NULL, lease_expires_at = NULL, due_at = now()
    FROM jsonb_to_recordset(${asJson(held.map(({ id, fence }) => ({ id, fence })))}) AS h(id uuid, fence bigint)
    WHERE r.id = h.id AND r.fence = h.fence`;
}

/**
 * Takes rows from whoever works on them, before their owning node moves them on what its source shows: the worker's fence is
 * the old one then, and nothing that it still sends to Postgres counts.
 */
export async function takeFromWorkers(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.$executeRaw`
    UPDATE assets SET lease_owner = NULL, lease_expires_at = NULL, fence = fence + 1
    WHERE id IN (SELECT jsonb_array_elements_text(${asJson(ids)})::uuid) AND lease_owner IS NOT NULL`;
}

/**
 * What a node's earlier process held is due at once for the new one, which alone owns the node now. The fences grow, so
 * that nothing the earlier one still sends to Postgres counts. A file in mid receiving that nobody is to take up is due, too.
 */
export async function releaseNode(db: Queryable, node: string): Promise<void> {
  await db.$executeRaw`
    UPDATE assets SET lease_owner = NULL, lease_expires_at = NULL, due_at = now(), fence = fence + 1
    WHERE node = ${node} AND state IN ('discovered', 'receiving')
      AND (lease_owner IS NOT NULL OR (state = 'receiving' AND due_at IS NULL))`;
}
