import type { Queryable } from './database.ts';

export interface EdgeRegistration {
  readonly name: string;
  /** This process's own id. */
  readonly instance: string;
  /** Names the process so that the next one on this machine can see that it is dead. */
  readonly process: string;
  readonly version: string;
  readonly leaseMs: number;
}

export type Registered = { readonly held: true } | { readonly held: false; readonly process: string };

/**
 * Takes the node's name for this process, if nobody else holds it: its lease ended, or `deadProcess` is what the row names
 * and the caller knows that process to be gone.
 */
export async function registerEdge(
  db: Queryable,
  edge: EdgeRegistration,
  deadProcess?: string,
): Promise<Registered> {
  const taken = await db.$queryRaw<{ instance: string }[]>`
    INSERT INTO edge_nodes AS e (name, instance, process, version, started_at, heartbeat_at, lease_expires_at)
    VALUES (${edge.name}, ${edge.instance}::uuid, ${edge.process}, ${edge.version}, now(), now(),
      now() + ${edge.leaseMs} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET instance = excluded.instance, process = excluded.process, version = excluded.version,
      started_at = now(), heartbeat_at = now(), lease_expires_at = excluded.lease_expires_at
    WHERE e.lease_expires_at < now() OR e.instance = excluded.instance OR e.process = ${deadProcess ?? null}
    RETURNING instance::text`;
  if (taken.length > 0) return { held: true };
  const holder = await db.$queryRaw<
    { process: string }[]
  >`SELECT process FROM edge_nodes WHERE name = ${edge.name}`;
  return { held: false, process: holder[0]?.process ?? '' };
}

/** Prolongs the node's lease; false when another process holds the name now. */
export async function heartbeat(
  db: Queryable,
  edge: Pick<EdgeRegistration, 'name' | 'instance' | 'leaseMs'>,
): Promise<boolean> {
  const rows = await db.$executeRaw`
    UPDATE edge_nodes SET heartbeat_at = now(), lease_expires_at = now() + ${edge.leaseMs} * interval '1 millisecond'
    WHERE name = ${edge.name} AND instance = ${edge.instance}::uuid`;
  return rows > 0;
}

/** Gives the name back at a clean stop: the next process need not wait. */
export async function leaveNode(
  db: Queryable,
  edge: Pick<EdgeRegistration, 'name' | 'instance'>,
): Promise<void> {
  await db.$executeRaw`
    UPDATE edge_nodes SET lease_expires_at = now() - interval '1 second'
    WHERE name = ${edge.name} AND instance = ${edge.instance}::uuid`;
}
