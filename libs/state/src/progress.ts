import { asJson, type Queryable } from './database.ts';

/** How far an open file has come, in bytes. */
export interface AssetProgress {
  readonly id: string;
  readonly fence: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly parts: number;
}

/** Progress of all moving files of an edge in one statement. */
export async function recordAssetProgress(db: Queryable, moving: readonly AssetProgress[]): Promise<void> {
  if (moving.length === 0) return;
  await db.$executeRaw`
    UPDATE assets a SET bytes_received = p."bytesReceived", bytes_sent = p."bytesSent", parts = p.parts, last_activity_at = now(),
      -- A growing file is at least as large as what was read of it.
      size = greatest(a.size, p."bytesReceived")
    FROM jsonb_to_recordset(${asJson(moving)}) AS p(id uuid, fence bigint, "bytesReceived" bigint, "bytesSent" bigint, parts int)
    WHERE a.id = p.id AND a.fence = p.fence AND a.state = 'receiving'`;
}

/** Bytes of all running deliveries of a process that their far sides acknowledged, in one statement. */
export async function recordDeliveryProgress(
  db: Queryable,
  running: readonly { readonly id: string; readonly fence: number; readonly bytesSent: number }[],
): Promise<void> {
  if (running.length === 0) return;
  await db.$executeRaw`
    UPDATE deliveries d SET bytes_sent = p."bytesSent", last_activity_at = now()
    FROM jsonb_to_recordset(${asJson(running)}) AS p(id uuid, fence bigint, "bytesSent" bigint)
    WHERE d.id = p.id AND d.fence = p.fence AND d.state = 'delivering'`;
}
