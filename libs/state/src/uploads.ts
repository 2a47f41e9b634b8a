import { asJson, type Queryable } from './database.ts';
import { groupBy } from './group-by.ts';

export type UploadKind = 'put' | 'multipart';

/** An intent to put bytes under a key, and what has become of it. */
export interface UploadRecord {
  readonly id: string;
  readonly assetId: string;
  readonly landing: string;
  readonly key: string;
  readonly token: string;
  readonly kind: UploadKind;
  readonly s3UploadId: string | null;
  readonly plan: unknown;
  readonly state: 'intended' | 'open' | 'sent' | 'completed' | 'abandoned' | 'aborted';
  readonly etag: string | null;
  readonly proof: string | null;
}

/** A part that the store acknowledged. Sizes and positions in bytes. */
export interface PartRow {
  readonly uploadId: string;
  readonly number: number;
  readonly position: number;
  readonly size: number;
  readonly etag: string;
  readonly xxh128: string;
  readonly crc32: string;
}

/** A row of the journal as its writer hands it in: it counts only while the asset still is the writer's. */
export interface NewPart extends PartRow {
  readonly fence: number;
}

/** An upload in the hands of whoever holds its asset under this fence. */
export interface HeldUpload {
  readonly id: string;
  readonly fence: number;
}

/** Every byte of it is sent; a single put also has its ETag and proof. */
export interface SentUploadRow extends HeldUpload {
  readonly etag: string | null;
  readonly proof: string | null;
}

export interface NewUpload {
  readonly id: string;
  readonly assetId: string;
  readonly fence: number;
  readonly landing: string;
  readonly key: string;
  readonly token: string;
  readonly kind: UploadKind;
  readonly plan: unknown;
}

/**
 * Commits intents before the store hears of them, each only while its asset still is the caller's. Earlier uploads of the
 * same asset that never ended are abandoned by it (the reaper's). Answers the ids that were written.
 */
export async function recordIntents(
  db: Queryable,
  uploads: readonly NewUpload[],
): Promise<ReadonlySet<string>> {
  if (uploads.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH wanted AS (
      SELECT w.*, a.fence AS held FROM jsonb_to_recordset(${asJson(uploads)}) AS w(id uuid, "assetId" uuid, fence bigint,
        landing text, key text, token uuid, kind text, plan jsonb)
      JOIN assets a ON a.id = w."assetId" AND a.fence = w.fence
    ), abandoned AS (
      UPDATE uploads u SET state = 'abandoned' FROM wanted w
      WHERE u.asset_id = w."assetId" AND u.state IN ('intended', 'open', 'sent')
    )
    INSERT INTO uploads (id, asset_id, landing, key, token, kind, plan, state, fence, created_at)
    SELECT id, "assetId", landing, key, token, kind, plan, 'intended', held, now() FROM wanted
    RETURNING id::text`;
  return new Set(rows.map(row => row.id));
}

/** The store named the multipart upload. False when the asset passed to another worker. */
export async function recordOpened(
  db: Queryable,
  { id, fence, s3UploadId }: HeldUpload & { readonly s3UploadId: string },
): Promise<boolean> {
  const rows = await db.$executeRaw`
    UPDATE uploads u SET s3_upload_id = ${s3UploadId}, state = 'open', opened_at = now()
    FROM assets a WHERE u.id = ${id}::uuid AND u.state = 'intended' AND a.id = u.asset_id AND a.fence = ${fence}`;
  return rows > 0;
}

/**
 * The journal, written behind in sets. A part sent again replaces its row; what a late worker sent after its asset passed
 * on is left out, so that the list that Complete names is one worker's.
 */
export async function recordParts(db: Queryable, parts: readonly NewPart[]): Promise<void> {
  if (parts.length === 0) return;
  await db.$executeRaw`
    INSERT INTO parts (upload_id, number, position, size, etag, xxh128, crc32, sent_at)
    SELECT p."uploadId", p.number, p.position, p.size, p.etag, p.xxh128, p.crc32, now()
    FROM jsonb_to_recordset(${asJson(parts)}) AS p("uploadId" uuid, fence bigint, number int, position bigint, size bigint,
      etag text, xxh128 text, crc32 text)
    JOIN uploads u ON u.id = p."uploadId" JOIN assets a ON a.id = u.asset_id AND a.fence = p.fence
    ON CONFLICT (upload_id, number) DO UPDATE SET position = excluded.position, size = excluded.size, etag = excluded.etag,
      xxh128 = excluded.xxh128, crc32 = excluded.crc32, sent_at = excluded.sent_at`;
}

/** These uploads are sent whole. Answers the ids whose asset still was the writer's. */
export async function recordSent(
  db: Queryable,
  uploads: readonly SentUploadRow[],
): Promise<ReadonlySet<string>> {
  if (uploads.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE uploads u SET state = 'sent', etag = s.etag, proof = s.proof
    FROM jsonb_to_recordset(${asJson(uploads)}) AS s(id uuid, fence bigint, etag text, proof text), assets a
    WHERE u.id = s.id AND a.id = u.asset_id AND a.fence = s.fence
    RETURNING u.id::text`;
  return new Set(rows.map(row => row.id));
}

/** These uploads became objects, or can never become one; each only while its asset still is the caller's. */
export async function endUploads(
  db: Queryable,
  uploads: readonly HeldUpload[],
  state: 'completed' | 'abandoned' | 'aborted',
): Promise<void> {
  if (uploads.length === 0) return;
  await db.$executeRaw`
    UPDATE uploads u SET state = ${state}, ended_at = now()
    FROM jsonb_to_recordset(${asJson(uploads)}) AS e(id uuid, fence bigint), assets a
    WHERE u.id = e.id AND a.id = u.asset_id AND a.fence = e.fence`;
}

/** The newest upload of each asset that can still become its object. */
export async function liveUploads(
  db: Queryable,
  assetIds: readonly string[],
): Promise<ReadonlyMap<string, UploadRecord>> {
  if (assetIds.length === 0) return new Map();
  const rows = await db.$queryRaw<UploadRecord[]>`
    SELECT DISTINCT ON (u.asset_id) u.id::text AS "id", u.asset_id::text AS "assetId", u.landing, u.key,
      u.token::text AS "token", u.kind, u.s3_upload_id AS "s3UploadId", u.plan, u.state, u.etag, u.proof
    FROM uploads u
    WHERE u.asset_id IN (SELECT jsonb_array_elements_text(${asJson(assetIds)})::uuid)
      AND u.state IN ('intended', 'open', 'sent', 'completed')
    ORDER BY u.asset_id, u.created_at DESC, u.id DESC`;
  return new Map(rows.map(row => [row.assetId, row]));
}

/** The journals of these uploads, each in part order. */
export async function partsOf(
  db: Queryable,
  uploadIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PartRow[]>> {
  if (uploadIds.length === 0) return new Map();
  const rows = await db.$queryRaw<PartRow[]>`
    SELECT p.upload_id::text AS "uploadId", p.number, p.position::float8 AS "position", p.size::float8 AS "size", p.etag,
      p.xxh128, p.crc32
    FROM parts p WHERE p.upload_id IN (SELECT jsonb_array_elements_text(${asJson(uploadIds)})::uuid)
    ORDER BY p.upload_id, p.number`;
  return groupBy(rows, row => row.uploadId);
}
