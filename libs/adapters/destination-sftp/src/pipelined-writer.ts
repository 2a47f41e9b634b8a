import { saying, statusOf } from './sftp-error.ts';
import type { SftpSession } from './sftp-session.ts';

/** Writes under way at once: 16 of 255 KiB fill the 2 MiB window of an OpenSSH channel twice over. */
const writesInFlight = 16;

/** A write that the server refused, told apart from a content that failed. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
}

/**
 * Writes a stream of bytes to an open handle: every write at its explicit offset, a bounded number in flight, nothing
 * read from the stream while the window is full. `acknowledged` is told the length of the prefix that the server has
 * taken without a gap; `giveUp` is called as soon as a write failed, so that the stream stops even while it stands still.
 * Rejects with WriteRefused for what the server answered, with an AdapterError for what the stream
 * or the connection did.
 */
export async function writePipelined(
  session: SftpSession,
  handle: Buffer,
  bytes: AsyncIterable<Buffer>,
  acknowledged: (prefix: number) => void,
  giveUp: () => void,
): Promise<number> {
  const chunk = session.writeChunk;
  const gathered = Buffer.allocUnsafe(chunk);
  const inFlight: { end: number; answer: Promise<void> }[] = [];
  let filled = 0;
  let position = 0;
  let failure: unknown;

  const settleOldest = async () => {
    const oldest = inFlight.shift();
    if (oldest === undefined) return;
    await oldest.answer;
    acknowledged(oldest.end);
  };
  const send = async (piece: Buffer) => {
    if (inFlight.length >= writesInFlight) await settleOldest();
    const answer = session.write(handle, piece, position).catch(asRefusal);
    answer.catch((error: unknown) => {
      failure ??= error;
      giveUp();
    });
    position += piece.length;
    inFlight.push({ end: position, answer });
  };

  try {
    for await (const piece of bytes) {
      let from = 0;
      while (from < piece.length) {
        if (filled === 0 && piece.length - from >= chunk) {
          await send(piece.subarray(from, from + chunk));
          from += chunk;
          continue;
        }
        const copied = piece.copy(gathered, filled, from, from + chunk - filled);
        from += copied;
        filled += copied;
        if (filled === chunk) {
          await send(gathered);
          filled = 0;
        }
      }
    }
  } catch (error) {
    throw failure ?? error;
  }
  if (filled > 0) await send(gathered.subarray(0, filled));
  while (inFlight.length > 0) await settleOldest();
  return position;
}

function asRefusal(error: unknown): never {
  if (statusOf(error) === undefined) throw error;
  throw new WriteRefused(saying(error), { cause: error });
}
