import { asJson, type Queryable } from './database.ts';

/** Makes every configured destination known to the admin. */
export async function registerDestinations(
  db: Queryable,
  destinations: readonly { readonly name: string; readonly type: string }[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO destinations (name, type, registered_at)
    SELECT r.name, r.type, now() FROM jsonb_to_recordset(${asJson(destinations)}) AS r(name text, type text)
    ON CONFLICT (name) DO UPDATE SET type = excluded.type`;
}

export interface DestinationCondition {
  readonly condition: string;
  readonly sentence: string | null;
  readonly nextStep: string | null;
}

/** Notes how a destination was found. */
export async function recordDestinationCondition(
  db: Queryable,
  name: string,
  found: DestinationCondition,
): Promise<void> {
  await db.$executeRaw`
    UPDATE destinations SET condition = ${found.condition}, sentence = ${found.sentence}, next_step = ${found.nextStep},
      checked_at = now()
    WHERE name = ${name}`;
}

export interface DestinationRecord extends DestinationCondition {
  readonly name: string;
  readonly type: string;
  readonly paused: boolean;
  readonly checkedAt: Date | null;
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
}

/** Destinations with what they are owed now; the counts come from partial indexes and cost what is open. */
export function listDestinations(db: Queryable): Promise<DestinationRecord[]> {
  return db.$queryRaw`
    SELECT p.name, p.type, p.paused, p.condition, p.sentence, p.next_step AS "nextStep", p.checked_at AS "checkedAt",
      (SELECT count(*)::int FROM deliveries d WHERE d.destination = p.name AND d.state = 'delivering') AS "running",
      (SELECT count(*)::int FROM deliveries d WHERE d.destination = p.name AND d.state = 'waiting') AS "waiting",
      (SELECT count(*)::int FROM deliveries d WHERE d.destination = p.name AND d.state = 'failed') AS "failed"
    FROM destinations p ORDER BY p.name`;
}
