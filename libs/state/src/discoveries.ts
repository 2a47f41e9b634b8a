import { chainStart, discover, type AssetState } from '@waybill/domain';
import { v7 as uuidv7 } from 'uuid';
import { moveAssets, type AssetMove } from './asset-moves.ts';
import type { FrozenRoute } from './asset-record.ts';
import { eventRow } from './custody-event.ts';
import { asJson, type Database, type Queryable } from './database.ts';
import { freeKeys, keysHeld } from './landing-keys.ts';
import { takeFromWorkers } from './leases.ts';

/** A listed file with what its route makes of it. */
export interface ListedItem {
  readonly key: string;
  readonly filename: string;
  readonly identity: string;
  readonly revision: string;
  readonly size: number;
  readonly contentType: string;
  readonly landingKey: string;
  readonly route: FrozenRoute;
  /** Why it can't be taken: it is quarantined with this sentence. */
  readonly refused?: string;
}

export interface Listing {
  readonly source: string;
  readonly node: string;
  readonly landing: string;
  readonly actor: string;
  readonly items: readonly ListedItem[];
}

/** Where an identity's newest generation stands after the listing was taken in. */
export interface KnownIdentity {
  readonly id: string;
  readonly identity: string;
  readonly generation: number;
  readonly state: AssetState;
  readonly revision: string;
  readonly verdictRevision: string | null;
  readonly sourceKey: string;
}

/**
 * Takes a set of listed files into the rows: opens assets and generations, reserves landing keys, notes growth and renames.
 * One transaction; the source's owning node is the only caller. Answers the newest generation of every listed identity.
 */
export function takeListing(db: Database, listing: Listing): Promise<readonly KnownIdentity[]> {
  return db.$transaction(async tx => {
    const known = await newestOf(tx, listing);
    const opened: (ListedItem & { generation: number })[] = [];
    const moves: AssetMove[] = [];
    const renamed: { id: string; key: string }[] = [];
    for (const item of listing.items) {
      const row = known.get(item.identity);
      const found = isPutRight(row, item)
        ? { is: 'new' as const, generation: row.generation + 1 }
        : discover(row, item);
      if (found.is === 'new') opened.push({ ...item, generation: found.generation });
      else if (row !== undefined && found.is !== 'known')
        moves.push(noticed(row.id, item, found.is, listing.actor));
      else if (row !== undefined && row.sourceKey !== item.key && followsName(row.state))
        renamed.push({ id: row.id, key: item.key });
    }
    await openAssets(tx, listing, opened);
    await takeFromWorkers(
      tx,
      moves.map(move => move.id),
    );
    await moveAssets(tx, moves);
    await rename(tx, renamed);
    return [...(await newestOf(tx, listing)).values()];
  });
}

/** States in which the file may still be read, at once or after a person's retry: then under the name that it has now. */
const namedStates = ['discovered', 'receiving', 'failed'] as const satisfies readonly AssetState[];
const followsName = (state: AssetState) => namedStates.some(named => named === state);

/** A file that was refused for its name has another one now: the next generation, under a key of its own. */
function isPutRight(row: KnownIdentity | undefined, item: ListedItem): row is KnownIdentity {
  return row?.state === 'quarantined' && row.sourceKey !== item.key;
}

function noticed(id: string, item: ListedItem, is: 'moved' | 'reopened', actor: string): AssetMove {
  return {
    id,
    transition: is === 'moved' ? 'relist' : 'reopen',
    patch: {
      revision: item.revision,
      size: item.size,
      source_key: item.key,
      attempts: 0,
      verdict: null,
      verdict_revision: null,
    },
    trouble: null,
    dueInMs: null,
    // Growth is told by the verdict's evidence; one event a scan would bury the waybill.
    events:
      is === 'moved'
        ? []
        : [{ kind: 'reopened', actor, detail: { size: item.size, revision: item.revision } }],
  };
}

async function newestOf(db: Queryable, { source, items }: Listing): Promise<Map<string, KnownIdentity>> {
  const identities = items.map(item => item.identity);
  const rows = await db.$queryRaw<KnownIdentity[]>`
    SELECT DISTINCT ON (a.identity) a.id::text AS "id", a.identity, a.generation, a.state, a.revision,
      a.verdict_revision AS "verdictRevision", a.source_key AS "sourceKey"
    FROM assets a
    WHERE a.source = ${source} AND a.identity IN (SELECT jsonb_array_elements_text(${asJson(identities)}))
    ORDER BY a.identity, a.generation DESC`;
  return new Map(rows.map(row => [row.identity, row]));
}

async function openAssets(
  db: Queryable,
  listing: Listing,
  items: readonly (ListedItem & { generation: number })[],
): Promise<void> {
  if (items.length === 0) return;
  const keys = await freeKeys(
    db,
    listing.landing,
    items.map(item => item.landingKey),
  );
  const rows = items.map((item, index) => ({
    ...item,
    id: uuidv7(),
    landingKey: keys[index] ?? item.landingKey,
  }));
  await db.$executeRaw`
    INSERT INTO assets (id, source, identity, generation, node, source_key, filename, revision, landing, landing_key,
      content_type, route, state, error_code, error_message, error_next_step, size, custody_hash, discovered_at, last_activity_at)
    SELECT r.id, ${listing.source}, r.identity, r.generation, ${listing.node}, r.key, r.filename, r.revision, ${listing.landing},
      r."landingKey", r."contentType", r.route, CASE WHEN r.refused IS NULL THEN 'discovered' ELSE 'quarantined' END,
      CASE WHEN r.refused IS NOT NULL THEN 'hostile-name' END, r.refused,
      CASE WHEN r.refused IS NOT NULL THEN 'Rename the file at the source; the renamed one is taken as a file of its own.' END,
      r.size, ${chainStart}, now(), now()
    FROM jsonb_to_recordset(${asJson(rows)}) AS r(id uuid, identity text, generation int, key text, filename text, revision text,
      "landingKey" text, "contentType" text, route jsonb, refused text, size bigint)`;
  const reserved = rows.flatMap(row => keysHeld(row.landingKey).map(key => ({ key, assetId: row.id })));
  await db.$executeRaw`
    INSERT INTO landing_keys (landing, key, asset_id)
    SELECT ${listing.landing}, r.key, r."assetId" FROM jsonb_to_recordset(${asJson(reserved)}) AS r(key text, "assetId" uuid)`;
  const events = rows.map(row => ({
    assetId: row.id,
    ...eventRow({
      kind: row.refused === undefined ? 'discovered' : 'quarantined',
      actor: listing.actor,
      detail: {
        source: listing.source,
        key: row.key,
        identity: row.identity,
        generation: row.generation,
        revision: row.revision,
        size: row.size,
        landingKey: row.landingKey,
        ...(row.refused === undefined ? {} : { reason: row.refused }),
      },
    }),
  }));
  await appendCustody(db, events);
}

async function rename(db: Queryable, renamed: readonly { id: string; key: string }[]): Promise<void> {
  if (renamed.length === 0) return;
  await db.$executeRaw`
    UPDATE assets a SET source_key = r.key FROM jsonb_to_recordset(${asJson(renamed)}) AS r(id uuid, key text)
    WHERE a.id = r.id AND a.state IN (SELECT jsonb_array_elements_text(${asJson(namedStates)}))`;
}

/** Events in the form of the SQL function, each with its asset. */
export async function appendCustody(
  db: Queryable,
  events: readonly { assetId: string; kind: string; actor: string; detail: string }[],
): Promise<void> {
  if (events.length === 0) return;
  await db.$queryRaw`SELECT 1 AS done FROM (SELECT waybill_append_custody(${asJson(events)})) appended`;
}

/** A file that waits at its source: for its verdict, or to be taken up. */
export interface WaitingFile {
  readonly id: string;
  readonly identity: string;
  readonly sourceKey: string;
  readonly fence: number;
  /** Null: nothing says yet that it is finished. */
  readonly verdictRevision: string | null;
  /** An earlier attempt began to send it. */
  readonly begun: boolean;
}

/** Files of a source that wait and that no worker holds: a listing without them means that they are gone. */
export function waitingAtSource(db: Queryable, source: string): Promise<WaitingFile[]> {
  return db.$queryRaw`
    SELECT a.id::text AS "id", a.identity, a.source_key AS "sourceKey", a.fence::float8 AS "fence",
      a.verdict_revision AS "verdictRevision", EXISTS (SELECT 1 FROM uploads u WHERE u.asset_id = a.id) AS "begun"
    FROM assets a
    WHERE a.source = ${source} AND a.state = 'discovered' AND a.lease_owner IS NULL`;
}
