import { partAt, type PartPlan, type PlannedPart } from '@waybill/domain';

/** What a file that may still be growing shows when it is looked at. */
export interface GrowingFile {
  /**
   * Bytes readable now, as soon as there are at least `atLeast`; undefined when the file stopped growing before.
   * Rejects when the file shrank below what was seen of it, or when the wait is aborted.
   */
  readable(atLeast: number): Promise<number | undefined>;
}

/**
 * The full parts of a growing file from `first` on, each as soon as its last byte can be read: what is left of the file, less
 * than a part, is held back, because a part that was sent can't be added to.
 */
export async function* grownParts(
  plan: PartPlan,
  first: number,
  file: GrowingFile,
): AsyncGenerator<PlannedPart, void, undefined> {
  for (let number = first; ; number += 1) {
    const part = partAt(plan, number);
    if ((await file.readable(part.offset + part.size)) === undefined) return;
    yield part;
  }
}

/**
 * The first part that is not known to be sent in full: parts before it have their rows without a gap. A tail that was sent
 * while the file stood still is not full: when the file goes on, it is sent again, longer.
 */
export function firstUnsent(
  plan: PartPlan,
  rows: readonly { readonly number: number; readonly size: number }[],
): number {
  const sizes = new Map(rows.map(row => [row.number, row.size]));
  let number = 1;
  while (sizes.get(number) === partAt(plan, number).size) number += 1;
  return number;
}
