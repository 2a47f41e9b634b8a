/**
 * Why a statement failed, as the end of a sentence: the database's own words, without the client's wrapping and without the
 * statement.
 */
export function databaseReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /Message: `([^`]+)`/.exec(text)?.[1];
  const lines = text.split('\n').map(line => line.trim());
  return said ?? lines.filter(line => line !== '').at(-1) ?? 'no reason was given';
}

/** Postgres ended one of two transactions that waited for each other, or that overlapped: the same statement can be sent again. */
export function wasDeadlock(error: unknown): boolean {
  return error instanceof Error && /\b(?:40P01|40001)\b/.test(error.message);
}

/** Postgres refused what a row brought (SQLSTATE classes 22 and 23): the others of its set may go through without it. */
export function isDataFault(error: unknown): boolean {
  return error instanceof Error && /\bCode: `2[23][0-9A-Z]{3}`/.test(error.message);
}

/** Runs a set's statements again when Postgres gave them up for another's. */
export async function throughDeadlocks<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === 4 || !wasDeadlock(error)) throw error;
      await new Promise(resolve => setTimeout(resolve, attempt * 10 * Math.random()));
    }
  }
}
