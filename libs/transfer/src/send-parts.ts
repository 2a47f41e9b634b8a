import type { ProofLevel } from '@waybill/contract';
import { maxBufferedPart, type PlannedPart } from '@waybill/domain';
import type { StreamedBody } from '@waybill/landing';
import type { LentBuffer } from './buffer-pool.ts';
import type { DigestPass, PartDigests } from './digest-pass.ts';
import type { EarlierParts } from './earlier-parts.ts';
import { readSlices, sliceSize, streamRange } from './file-range.ts';
import { InFlight } from './in-flight.ts';
import { withAttempts } from './part-attempts.ts';
import type { ProgressCount } from './progress-count.ts';
import type { SendFileInput } from './send-file-input.ts';
import type { JournalPart } from './upload-journal.ts';

/** What parts are read from and sent to. */
export type PartsInput = Omit<SendFileInput, 'size' | 'replace'>;

/** One multipart upload under way. */
export interface PartsRun {
  readonly input: PartsInput;
  readonly uploadId: string;
  readonly earlier: EarlierParts;
  readonly pass: DigestPass;
  readonly progress: ProgressCount;
}

export interface PartsSent {
  /** In part order. */
  readonly rows: readonly JournalPart[];
  readonly proofLevel: ProofLevel;
}

/**
 * Reads the parts in order, each once, and sends them side by side. Resolves when the store confirmed every one; after a
 * failure nothing of this file runs any more. Parts may come as they become readable.
 */
export async function sendParts(
  run: PartsRun,
  parts: Iterable<PlannedPart> | AsyncIterable<PlannedPart>,
): Promise<PartsSent> {
  const { input } = run;
  const rows: JournalPart[] = [];
  let proofLevel: ProofLevel = 'in_flight';
  const flight = new InFlight(input.concurrency ?? 4, input.signal);
  try {
    for await (const part of parts) {
      await flight.room();
      const read = await readPart(run, part, flight.signal);
      const earlier = run.earlier.confirmed(part, read.digests);
      if (earlier !== undefined) {
        read.release();
        rows.push(earlier.row);
        if (!earlier.written) input.journal.part(earlier.row);
        run.progress.sent(part.size, false);
        continue;
      }
      flight.start(async signal => {
        try {
          const { digests, body } = read;
          const sent = await withAttempts(
            () =>
              input.landing.sendPart({
                key: input.upload.key,
                uploadId: run.uploadId,
                number: part.number,
                body,
                digests,
                signal,
              }),
            signal,
          );
          const { xxh128, crc32 } = digests;
          const row = { ...part, etag: sent.etag, xxh128, crc32 };
          rows.push(row);
          input.journal.part(row);
          if (sent.proofLevel === 'size') proofLevel = 'size';
          run.progress.sent(part.size, true);
        } finally {
          read.release();
        }
      });
    }
    await flight.finish();
  } catch (error) {
    throw await flight.cancel(error);
  }
  return { rows: rows.sort((a, b) => a.number - b.number), proofLevel };
}

interface ReadPart {
  readonly digests: PartDigests;
  readonly body: Buffer | StreamedBody;
  readonly release: () => void;
}

/** Reads and hashes one part: into a lent buffer, or, when it is too large to be held, through a small one. */
async function readPart(run: PartsRun, part: PlannedPart, signal: AbortSignal): Promise<ReadPart> {
  const { input, pass } = run;
  const held = part.size <= (input.maxBufferedPart ?? maxBufferedPart);
  const lent = await input.pool.acquire(held ? part.size : sliceSize, signal);
  try {
    pass.beginPart(input.landing.wantsMd5 || run.earlier.needsMd5(part.number));
    const use = (slice: Buffer) => {
      pass.update(slice);
      run.progress.read(slice.byteLength);
    };
    if (held) {
      await readSlices(input, lent.buffer, part.offset, use, signal);
      return { digests: pass.endPart(), body: lent.buffer, release: lent.release };
    }
    await hashThrough(run, part, lent, use, signal);
    return {
      digests: pass.endPart(),
      body: { size: part.size, open: () => streamRange(input, part.offset, part.size) },
      release: lent.release,
    };
  } catch (error) {
    lent.release();
    throw error;
  }
}

async function hashThrough(
  run: PartsRun,
  part: PlannedPart,
  lent: LentBuffer,
  use: (slice: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < part.size; from += sliceSize) {
    const target = lent.buffer.subarray(0, Math.min(sliceSize, part.size - from));
    await readSlices(run.input, target, part.offset + from, use, signal);
  }
}
