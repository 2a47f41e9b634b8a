import { AdapterError } from '@waybill/contract';

const MiB = 1024 ** 2;

/** What fits in one is stored by one request. */
export const smallestPart = 8 * MiB;
const largestPart = 64 * MiB;
const mostParts = 10_000;

/** Parts of equal size, as small as the number of parts allows, since each one in flight is held in memory. */
export function partSize(where: string, size: number): number {
  const needed = Math.ceil(size / mostParts / MiB) * MiB;
  if (needed <= largestPart) return Math.max(smallestPart, needed);
  throw new AdapterError(
    'rejected',
    `${where}: a file of ${size} bytes is more than ${mostParts} parts of ${largestPart} bytes hold.`,
  );
}
