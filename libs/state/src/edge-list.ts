import type { Queryable } from './database.ts';

/** An edge node as it was last heard of. */
export interface EdgeRecord {
  readonly name: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  /** Milliseconds since the last heartbeat, on Postgres's clock. */
  readonly heartbeatAgeMs: number;
  /** A process holds the node's name now. */
  readonly alive: boolean;
}

/** Every edge node there has been, by name. */
export function listEdges(db: Queryable): Promise<EdgeRecord[]> {
  return db.$queryRaw`
    SELECT e.name, e.version, e.started_at AS "startedAt", e.heartbeat_at AS "heartbeatAt",
      round(extract(epoch FROM now() - e.heartbeat_at) * 1000)::float8 AS "heartbeatAgeMs",
      e.lease_expires_at > now() AS "alive"
    FROM edge_nodes e ORDER BY e.name`;
}
