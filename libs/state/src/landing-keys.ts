import { suffixKey } from '@waybill/domain';
import { asJson, type Queryable } from './database.ts';

/** How many suffixes are asked for at a time: few at first, then many, so that the 1,000th revision of a name costs three questions. */
const windows = [
  [1, 4],
  [5, 64],
  [65, 1_024],
  [1_025, 65_536],
] as const;

const metadataSuffix = '.metadata.json';

/** The two keys that an asset holds: its own and that of its metadata. */
export function keysHeld(key: string): readonly [string, string] {
  return [key, `${key}${metadataSuffix}`];
}

/**
 * A free key for each wanted one, in order: the key itself, else `~2`, `~3`… before the extension. Two of the same call
 * never get one key. What another transaction reserves meanwhile shows when the keys are inserted.
 */
export async function freeKeys(
  db: Queryable,
  landing: string,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const chosen = new Map<number, string>();
  const promised = new Set<string>();
  for (const [first, last] of windows) {
    const open = wanted.map((key, index) => ({ key, index })).filter(({ index }) => !chosen.has(index));
    if (open.length === 0) break;
    const candidates = open.flatMap(({ key }) => {
      const numbers = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
      return numbers.flatMap(number => keysHeld(suffixed(key, number)));
    });
    const taken = await takenOf(db, landing, candidates);
    for (const { key, index } of open) {
      for (let number = first; number <= last; number += 1) {
        const candidate = suffixed(key, number);
        if (keysHeld(candidate).some(held => taken.has(held) || promised.has(held))) continue;
        keysHeld(candidate).forEach(held => promised.add(held));
        chosen.set(index, candidate);
        break;
      }
    }
  }
  return wanted.map((key, index) => {
    const found = chosen.get(index);
    if (found === undefined)
      throw new Error(
        `More than 65,536 files share the landing key ${key}: give the route another key template.`,
      );
    return found;
  });
}

function suffixed(key: string, number: number): string {
  return number === 1 ? key : suffixKey(key, number);
}

async function takenOf(
  db: Queryable,
  landing: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    SELECT k.key FROM landing_keys k
    WHERE k.landing = ${landing} AND k.key IN (SELECT jsonb_array_elements_text(${asJson(keys)}))`;
  return new Set(rows.map(row => row.key));
}
