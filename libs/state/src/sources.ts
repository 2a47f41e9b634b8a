import { asJson, type Queryable } from './database.ts';

/**
 * Registers a node's sources. A name belongs to one node: it passes to another only when its owner is not alive and owes
 * no file of it. Answers the names that other nodes keep, with their owner.
 */
export async function registerSources(
  db: Queryable,
  node: string,
  sources: readonly { readonly name: string; readonly type: string }[],
): Promise<readonly { name: string; node: string }[]> {
  await db.$executeRaw`
    INSERT INTO sources AS s (name, node, type, registered_at)
    SELECT r.name, ${node}, r.type, now() FROM jsonb_to_recordset(${asJson(sources)}) AS r(name text, type text)
    ON CONFLICT (name) DO UPDATE SET node = excluded.node, type = excluded.type
    WHERE s.node = excluded.node
      OR (NOT EXISTS (SELECT 1 FROM edge_nodes e WHERE e.name = s.node AND e.lease_expires_at > now())
        AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.source = s.name AND a.state IN ('discovered', 'receiving')))`;
  return db.$queryRaw<{ name: string; node: string }[]>`
    SELECT s.name, s.node FROM sources s
    WHERE s.node <> ${node} AND s.name IN (SELECT jsonb_array_elements_text(${asJson(sources.map(source => source.name))}))`;
}

export interface SourceCondition {
  readonly condition: string;
  readonly sentence: string | null;
  readonly nextStep: string | null;
  /** Files of the last whole listing; absent when there was none. */
  readonly filesListed?: number;
}

/** Notes how a source was found. */
export async function recordSourceCondition(
  db: Queryable,
  name: string,
  found: SourceCondition,
): Promise<void> {
  await db.$executeRaw`
    UPDATE sources SET condition = ${found.condition}, sentence = ${found.sentence}, next_step = ${found.nextStep},
      checked_at = now(), files_listed = coalesce(${found.filesListed ?? null}::int, files_listed),
      last_listed_at = CASE WHEN ${found.filesListed ?? null}::int IS NULL THEN last_listed_at ELSE now() END
    WHERE name = ${name}`;
}

export interface SourceRecord {
  readonly name: string;
  readonly node: string;
  readonly type: string;
  readonly paused: boolean;
  readonly condition: string;
  readonly sentence: string | null;
  readonly nextStep: string | null;
  readonly checkedAt: Date | null;
  readonly lastListedAt: Date | null;
  readonly filesListed: number;
}

export function listSources(db: Queryable): Promise<SourceRecord[]> {
  return db.$queryRaw`
    SELECT s.name, s.node, s.type, s.paused, s.condition, s.sentence, s.next_step AS "nextStep", s.checked_at AS "checkedAt",
      s.last_listed_at AS "lastListedAt", s.files_listed AS "filesListed"
    FROM sources s ORDER BY s.name`;
}
