import { Readable } from 'node:stream';
import type { FileHandle } from 'node:fs/promises';
import { AdapterError } from '@waybill/contract';

/** Bytes hashed between two turns of the event loop: about 1.5 ms of work. */
export const sliceSize = 1024 ** 2;

/** A file as it is read: through its handle, by position, under the name that messages use. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
}

/** Fills `target` from `position`. A file that ends before: `source-changed`; a read that fails: `content-failed`. */
export async function readExactly(file: OpenFile, target: Buffer, position: number): Promise<void> {
  let filled = 0;
  while (filled < target.byteLength) {
    const { bytesRead } = await file.handle
      .read(target, filled, target.byteLength - filled, position + filled)
      .catch((cause: unknown) => {
        const code = (cause as { code?: string }).code ?? String(cause);
        throw new AdapterError(
          'content-failed',
          `Reading ${file.name} failed at byte ${position}: ${code}.`,
          {
            cause,
          },
        );
      });
    if (bytesRead === 0)
      throw new AdapterError(
        'source-changed',
        `${file.name} ends at byte ${position + filled}, before the end it had when it was taken: it shrank while it was read.`,
      );
    filled += bytesRead;
  }
}

/**
 * Reads a range into `target` slice by slice and hands each to `use` while the next is being read.
 * @param signal looked at between slices
 */
export async function readSlices(
  file: OpenFile,
  target: Buffer,
  position: number,
  use: (slice: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = async (from: number) => {
    const slice = target.subarray(from, from + sliceSize);
    await readExactly(file, slice, position + from);
    return slice;
  };
  let next = read(0);
  try {
    for (let from = 0; from < target.byteLength; from += sliceSize) {
      const slice = await next;
      signal.throwIfAborted();
      const following = from + sliceSize;
      if (following < target.byteLength) next = read(following);
      use(slice);
    }
  } finally {
    // Nothing may still be reading into a buffer that its owner gives back.
    await Promise.allSettled([next]);
  }
}

/** The same bytes each time it is called, for a body too large to be held: `size` bytes from `position`. */
export function streamRange(file: OpenFile, position: number, size: number): Readable {
  const step = 256 * 1024;
  async function* chunks() {
    for (let from = 0; from < size; from += step) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(step, size - from));
      await readExactly(file, chunk, position + from);
      yield chunk;
    }
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: step });
}
