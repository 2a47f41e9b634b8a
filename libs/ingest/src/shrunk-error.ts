import type { FileHandle } from 'node:fs/promises';
import { AdapterError } from '@waybill/contract';

/** The file has fewer bytes than were seen of it: nobody can say which of them were meant (design 2.2). */
export class ShrunkError extends AdapterError {
  constructor(name: string, from: number, to: number) {
    super(
      'source-changed',
      `${name} had ${from} bytes and has ${to} now: it shrank in place while it was taken.`,
    );
  }
}

/** What a reader's failure really was: a file that is shorter now than it was when it was read contradicts itself. */
export async function orShrunk(
  error: unknown,
  file: { readonly name: string; readonly handle: FileHandle; readonly seen: number },
): Promise<unknown> {
  if (!(error instanceof AdapterError) || error.code !== 'source-changed') return error;
  const { size } = await file.handle.stat();
  return size < file.seen ? new ShrunkError(file.name, file.seen, size) : error;
}
