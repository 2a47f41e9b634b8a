import type { AssetState } from '@waybill/domain';
import { assetColumns, type AssetRecord } from './asset-record.ts';
import { asJson, Prisma, type Queryable } from './database.ts';

export interface Claim {
  /** The claiming process. */
  readonly owner: string;
  readonly limit: number;
  readonly leaseMs: number;
}

export interface EdgeClaim extends Claim {
  /** Sources whose files are sent while they grow. */
  readonly growingSources?: readonly string[];
  /** True: files of those sources that have no verdict yet; else everything but them. */
  readonly growing?: boolean;
}

/**
 * Claims what is due for an edge, most urgent and longest due first, whatever its state: rows that nobody holds, or whose lease ended. Each claimed row's
 * fence grows by one, and it is due again when the lease ends: a worker that dies needs no clean-up.
 */
export function claimForEdge(db: Queryable, node: string, claim: EdgeClaim): Promise<AssetRecord[]> {
  const growing = Prisma.sql`(a.verdict IS NULL AND a.source IN (SELECT jsonb_array_elements_text(${asJson(claim.growingSources ?? [])})))`;
  const kind = claim.growing === true ? growing : Prisma.sql`NOT ${growing}`;
  return claimAssets(db, ['receiving', 'discovered'], Prisma.sql`AND a.node = ${node} AND ${kind}`, claim);
}

/** Claims sent files to complete and proven ones to describe, for a finalizer. */
export function claimForFinalizer(db: Queryable, claim: Claim): Promise<AssetRecord[]> {
  return claimAssets(db, ['s3_completed', 'pending_completion'], Prisma.empty, claim);
}

async function claimAssets(
  db: Queryable,
  states: readonly AssetState[],
  where: Prisma.Sql,
  { owner, limit, leaseMs }: Claim,
): Promise<AssetRecord[]> {
  const due = states.map(
    (
      state,
      index,
    ) => Prisma.sql`due_${Prisma.raw(String(index))} AS (SELECT a.id, a.priority, a.due_at FROM assets a
      WHERE a.state = ${state} AND a.due_at <= now() ${where}
      ORDER BY a.priority DESC, a.due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
  );
  const all = states.map((_, index) => Prisma.raw(`SELECT * FROM due_${index}`));
  return db.$queryRaw<AssetRecord[]>`
    WITH ${Prisma.join(due, ', ')}, due AS (
      SELECT id FROM (${Prisma.join(all, ' UNION ALL ')}) due_rows ORDER BY priority DESC, due_at LIMIT ${limit})
    UPDATE assets a SET lease_owner = ${owner}, fence = a.fence + 1,
      lease_expires_at = now() + ${leaseMs} * interval '1 millisecond',
      due_at = now() + ${leaseMs} * interval '1 millisecond'
    FROM due WHERE a.id = due.id
    RETURNING ${assetColumns}`;
}
