const kibi = 1024;
export const mebibyte = kibi ** 2;

/** S3's own limits (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const maxParts = 10_000;
export const minPartSize = 5 * mebibyte;
export const maxPartSize = 5 * 1024 * mebibyte;
/** 10,000 parts of 5 GiB: 48.8 TiB. */
export const maxObjectSize = maxParts * maxPartSize;

/** No part above this is held in memory: it is streamed (design 2.4). */
export const maxBufferedPart = 64 * mebibyte;

export const defaultPartSize = 8 * mebibyte;

/**
 * How a file is cut into parts, stored with its upload: after a restart the same cuts follow from these few numbers.
 * `uniform`: every part but the last has `partSize`. `doubling`: starts at `partSize` and doubles after every 1,000 parts,
 * for a file whose end nobody knows (from 8 MiB: 7.8 TiB in 10,000 parts).
 */
export interface PartPlan {
  readonly kind: 'uniform' | 'doubling';
  /** Bytes of part 1, unless the file ends in it. */
  readonly partSize: number;
}

/** Where a part lies in the file, in bytes; the file may end inside it. */
export interface PlannedPart {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly size: number;
}

const doublesEvery = 1_000;

/**
 * The plan for a file.
 * @param size bytes of the whole, undefined while the file may still grow.
 * @param uniformParts the store demands equal parts (Cloudflare R2): a file of unknown size then gets `expectedSize`
 * spread evenly, 625 GiB unless told otherwise.
 */
export function planParts(options: {
  readonly size: number | undefined;
  readonly uniformParts?: boolean;
  readonly expectedSize?: number;
  readonly partSize?: number;
}): PartPlan {
  const smallest = options.partSize ?? defaultPartSize;
  if (!Number.isSafeInteger(smallest) || smallest < minPartSize || smallest > maxPartSize)
    throw new RangeError(`a part size of ${smallest} bytes is outside S3's 5 MiB to 5 GiB`);
  if (options.size !== undefined) return { kind: 'uniform', partSize: partSizeFor(options.size, smallest) };
  if (options.uniformParts === true) {
    const expected = options.expectedSize ?? maxParts * maxBufferedPart;
    return { kind: 'uniform', partSize: partSizeFor(expected, smallest) };
  }
  if (smallest * 2 ** (maxParts / doublesEvery - 1) > maxPartSize)
    throw new RangeError(
      `parts that start at ${smallest} bytes and double would pass S3's 5 GiB: start at 10 MiB or less`,
    );
  return { kind: 'doubling', partSize: smallest };
}

/** The smallest part size, `smallest` doubled as often as it takes, that fits the file into 10,000 parts. */
function partSizeFor(size: number, smallest: number): number {
  if (!Number.isSafeInteger(size) || size < 0 || size > maxObjectSize)
    throw new RangeError(`an object of ${size} bytes is outside S3's 0 to 48.8 TiB`);
  let partSize = smallest;
  while (partSize * maxParts < size) partSize = Math.min(partSize * 2, maxPartSize);
  return partSize;
}

/** Part `number` (from 1) as a pure function of the plan; a file that ends inside it has a shorter one. */
export function partAt(plan: PartPlan, number: number): PlannedPart {
  if (!Number.isInteger(number) || number < 1 || number > maxParts)
    throw new RangeError(`there is no part ${number}: parts are numbered 1 to ${maxParts}`);
  const before = number - 1;
  if (plan.kind === 'uniform') return { number, offset: before * plan.partSize, size: plan.partSize };
  const steps = Math.floor(before / doublesEvery);
  const size = plan.partSize * 2 ** steps;
  // All full steps together: partSize · 1,000 · (1 + 2 + … + 2^(steps-1)).
  const offset = plan.partSize * doublesEvery * (2 ** steps - 1) + (before % doublesEvery) * size;
  return { number, offset, size };
}

/** The most bytes that a plan can carry. */
export function planCapacity(plan: PartPlan): number {
  const last = partAt(plan, maxParts);
  return last.offset + last.size;
}

/** How many parts a file of `size` bytes has. An empty file has one, of no bytes. */
export function partCount(plan: PartPlan, size: number): number {
  if (size > planCapacity(plan))
    throw new RangeError(
      `${size} bytes do not fit into ${maxParts} parts that start at ${plan.partSize} bytes`,
    );
  if (plan.kind === 'uniform') return Math.max(1, Math.ceil(size / plan.partSize));
  let [low, high] = [1, maxParts];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { offset, size: bytes } = partAt(plan, middle);
    if (offset + bytes >= size) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The parts of a file of `size` bytes in order, the last one cut to the file's end. */
export function* partsOf(plan: PartPlan, size: number): Generator<PlannedPart, void, undefined> {
  const count = partCount(plan, size);
  for (let number = 1; number <= count; number += 1) {
    const part = partAt(plan, number);
    yield { ...part, size: Math.min(part.size, size - part.offset) };
  }
}

/** True when the file goes up as one object without a multipart upload: it is no larger than one part. */
export function isSinglePut(size: number, partSize: number): boolean {
  return size <= partSize;
}
