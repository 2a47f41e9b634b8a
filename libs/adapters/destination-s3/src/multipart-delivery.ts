import { ContentReader, ownSignal } from '@waybill/content';
import { createHash } from 'node:crypto';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { AdapterError, type ParcelItem, type Progress } from '@waybill/contract';
import { whatStands } from './object-standing.ts';
import { plainTag, type Body, type S3Store, type Stamp } from './s3-store.ts';
import type { UnfinishedUploads } from './unfinished-uploads.ts';

const partsInFlight = 3;
/** How long an abort may take: a stopped delivery has to end within two seconds. */
const patience = { stopped: 1_200, failed: 5_000 } as const;

/** Whole parts in order, each in a buffer of its own that is reused when `release` was called for it. */
interface Part extends Body {
  readonly number: number;
  readonly release: () => void;
}

/** One object in parts. An upload that does not come to its end is aborted. */
export class MultipartDelivery {
  constructor(
    private readonly store: S3Store,
    private readonly unfinished: UnfinishedUploads,
    private readonly key: string,
    private readonly item: ParcelItem,
    private readonly onlyNew: boolean,
  ) {}

  /** The completed object's ETag, and the one that a store that builds it from MD5s must give. */
  async run(
    stamp: Stamp,
    partSize: number,
    report: Progress,
    signal: AbortSignal,
  ): Promise<{ etag: string; expected: string }> {
    const uploadId = await this.store.createUpload(this.key, stamp, signal);
    try {
      const { parts, digests } = await this.sendAll(uploadId, partSize, report, signal);
      const expected = `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${digests.length}`;
      // Stores without conditional writes would let a late Complete replace what others put there meanwhile.
      if (this.onlyNew && (await whatStands(this.store, this.key, this.item, signal)).is !== 'nothing') {
        throw new AdapterError(
          'conflict',
          `${this.store.where}: ${this.key} was taken while it was uploaded.`,
          {
            cause: { $metadata: { httpStatusCode: 412 } },
          },
        );
      }
      const etag = await this.store.complete(this.key, uploadId, parts, this.onlyNew, signal);
      return { etag, expected };
    } catch (error) {
      await this.abort(uploadId, signal);
      throw error;
    }
  }

  private async sendAll(uploadId: string, partSize: number, report: Progress, signal: AbortSignal) {
    const reading = ownSignal(signal);
    const reader = new ContentReader(`${this.store.where}: ${this.key}`, this.item.content, reading.signal);
    const parts: CompletedPart[] = [];
    const digests: Buffer[] = [];
    const inFlight: { bytes: number; answer: Promise<CompletedPart> }[] = [];
    let confirmed = 0;
    let failure: unknown;
    const settleOldest = async () => {
      const oldest = inFlight.shift();
      if (oldest === undefined) return;
      parts.push(await oldest.answer);
      confirmed += oldest.bytes;
      report(this.item.deliveryId, confirmed);
    };
    try {
      for await (const part of gather(reader.chunks(), partSize)) {
        if (inFlight.length >= partsInFlight) await settleOldest();
        if (part.number === 1) await this.retireOlder(uploadId, part, signal);
        digests.push(part.md5);
        const answer = this.sendOne(uploadId, part, reading.signal).finally(part.release);
        answer.catch((error: unknown) => {
          failure ??= error;
          reading.stop();
        });
        inFlight.push({ bytes: part.bytes.length, answer });
      }
      while (inFlight.length > 0) await settleOldest();
      reader.finish();
      return { parts, digests };
    } catch (error) {
      failure ??= error;
      reading.stop();
      throw failure;
    } finally {
      reading.release();
      // An upload is aborted only when no part of it is on its way any more.
      await Promise.allSettled(inFlight.map(({ answer }) => answer));
    }
  }

  private async sendOne(uploadId: string, part: Part, signal: AbortSignal): Promise<CompletedPart> {
    const sent = await this.store.sendPart(this.key, uploadId, part.number, part, signal);
    const etag = plainTag(sent.ETag);
    if (/^[0-9a-f]{32}$/.test(etag) && etag !== part.md5.toString('hex')) {
      throw new AdapterError(
        'content-mismatch',
        `${this.store.where}: the store holds other bytes of part ${part.number} of ${this.key} than were sent.`,
      );
    }
    return sent;
  }

  /**
   * After a crash nobody knows the upload id of the attempt before. An open upload of this key whose first part is ours,
   * byte for byte, is such an attempt; any other is someone else's and stays.
   */
  private async retireOlder(uploadId: string, first: Part, signal: AbortSignal): Promise<void> {
    if (this.item.fence <= 1) return;
    for (const other of await this.store.openUploads(this.key, signal)) {
      if (other === uploadId) continue;
      const found = await this.store.firstPart(this.key, other, signal);
      const ours = found?.etag === first.md5.toString('hex') && found.size === first.bytes.length;
      if (ours) await this.store.abort(this.key, other, signal);
    }
  }

  private async abort(uploadId: string, signal: AbortSignal): Promise<void> {
    const budget = AbortSignal.timeout(signal.aborted ? patience.stopped : patience.failed);
    await this.store.abort(this.key, uploadId, budget).catch(() => {
      // Out of reach; what led here is what gets told, and the next attempt aborts this one.
      this.unfinished.remember(this.item.deliveryId, this.key, uploadId);
    });
  }
}

/** Cuts a stream of bytes into parts. No more buffers exist than parts that are under way, and one that fills. */
async function* gather(chunks: AsyncIterable<Buffer>, partSize: number): AsyncGenerator<Part> {
  const free: Buffer[] = [];
  let buffer: Buffer = Buffer.allocUnsafe(partSize);
  let filled = 0;
  let number = 0;
  const cut = (): Part => {
    const whole = buffer;
    const bytes = whole.subarray(0, filled);
    number += 1;
    buffer = free.pop() ?? Buffer.allocUnsafe(partSize);
    filled = 0;
    return {
      number,
      bytes,
      md5: createHash('md5').update(bytes).digest(),
      release: () => void free.push(whole),
    };
  };
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      const copied = chunk.copy(buffer, filled, from);
      from += copied;
      filled += copied;
      if (filled === partSize) yield cut();
    }
  }
  if (filled > 0) yield cut();
}
