import { asJson, type Queryable } from './database.ts';

/**
 * Deliveries that wait for a destination which the configuration does not name (renamed, or taken out) are told why they
 * wait; once it is named again they are not told any more. Answers how many wait so.
 */
export async function tellUnknownDestinations(db: Queryable, known: readonly string[]): Promise<number> {
  const names = asJson(known);
  await db.$executeRaw`
    UPDATE deliveries SET error_code = NULL, error_message = NULL, error_next_step = NULL
    WHERE state = 'waiting' AND error_code = 'unknown-destination'
      AND destination IN (SELECT jsonb_array_elements_text(${names}))`;
  await db.$executeRaw`
    UPDATE deliveries SET error_code = 'unknown-destination',
      error_message = 'The configuration has no destination ' || destination || '.',
      error_next_step = 'Put the destination back into the configuration under this name, or cancel the delivery.'
    WHERE state = 'waiting' AND error_code IS DISTINCT FROM 'unknown-destination'
      AND destination NOT IN (SELECT jsonb_array_elements_text(${names}))`;
  const rows = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM deliveries WHERE state = 'waiting' AND error_code = 'unknown-destination'`;
  return rows[0]?.count ?? 0;
}
