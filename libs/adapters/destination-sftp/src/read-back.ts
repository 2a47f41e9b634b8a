import { createHash } from 'node:crypto';
import { openFlags, type SftpSession } from './sftp-session.ts';

const readsInFlight = 16;

/** SHA-256 of the first `size` bytes that stand at `path`, read back through the server; undefined when the file is shorter. */
export async function readBackSha256(
  session: SftpSession,
  path: string,
  size: number,
): Promise<string | undefined> {
  const handle = await session.open(path, openFlags.read);
  try {
    const hash = createHash('sha256');
    const inFlight: Promise<Buffer[] | undefined>[] = [];
    let position = 0;
    while (position < size || inFlight.length > 0) {
      while (position < size && inFlight.length < readsInFlight) {
        const length = Math.min(session.readChunk, size - position);
        const range = readRange(session, handle, position, length);
        range.catch(() => undefined);
        inFlight.push(range);
        position += length;
      }
      const pieces = await inFlight.shift();
      if (pieces === undefined) return undefined;
      for (const piece of pieces) hash.update(piece);
    }
    return hash.digest('hex');
  } finally {
    if (session.connection.usable && !session.signal.aborted) await session.close(handle);
  }
}

/** A server may answer a read with less than was asked for: ask again for the rest. */
async function readRange(
  session: SftpSession,
  handle: Buffer,
  start: number,
  length: number,
): Promise<Buffer[] | undefined> {
  const pieces: Buffer[] = [];
  let got = 0;
  while (got < length) {
    const piece = await session.read(handle, start + got, length - got);
    if (piece.length === 0) return undefined;
    pieces.push(piece);
    got += piece.length;
  }
  return pieces;
}
