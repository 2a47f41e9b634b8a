import { createHash } from 'node:crypto';
import {
  AdapterError,
  type Content,
  type DestinationAdapter,
  type Parcel,
  type ParcelItem,
  type Progress,
  type Receipt,
  type StoredObject,
} from '@waybill/contract';
import { LinkBroken, type MemoryFarEnd, type MemoryLink } from './memory-far-end.ts';

/** How long this destination waits for an answer, milliseconds. */
export const memoryDeadline = 150;

export interface Sent {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * An honest destination with the far end in memory: shows that the rules can be kept, and is what each rogue differs from
 * in one method. It is a test's reference and not a base for adapters.
 */
export class MemoryDestination implements DestinationAdapter {
  readonly maxInFlight = 4;
  protected link: MemoryLink | undefined;

  constructor(protected readonly far: MemoryFarEnd) {}

  async probe(signal: AbortSignal): Promise<void> {
    await this.ask(far => far.write('.probe', Buffer.alloc(0)), signal);
    await this.ask(far => far.files.delete('.probe'), signal);
  }

  async deliver(parcel: Parcel, report: Progress, signal: AbortSignal): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    for (const item of parcel.items) receipts.push(await this.deliverItem(item, report, signal));
    return receipts;
  }

  async inspect(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    const found = await this.ask(far => far.files.get(this.storedName(key)), signal);
    return found === undefined ? undefined : { key, size: found.length };
  }

  async close(): Promise<void> {
    this.link?.end();
    this.link = undefined;
  }

  protected async deliverItem(item: ParcelItem, report: Progress, signal: AbortSignal): Promise<Receipt> {
    const name = this.storedName(item.key);
    const standing = await this.whatStands(item, name, signal);
    if (standing !== undefined) return standing;
    const temporary = this.temporaryName(item, name);
    try {
      await this.retireOlder(item, signal);
      const sent = await this.upload(item, temporary, report, signal);
      this.check(item, sent);
      await this.publish(item, temporary, name, signal);
    } catch (error) {
      await this.discard(item, temporary, error);
      throw error instanceof LinkBroken ? new AdapterError('unreachable', 'The link broke.') : error;
    }
    return this.receipt(item, 'delivered');
  }

  protected storedName(key: string): string {
    if (key.includes('\0') || key.split('/').some(part => ['', '.', '..'].includes(part))) {
      throw new AdapterError('rejected', `${JSON.stringify(key)} is no path below the root.`);
    }
    return key;
  }

  protected temporaryName(item: ParcelItem, _name: string): string {
    return `.part-${item.deliveryId}-${item.fence}`;
  }

  protected async whatStands(
    item: ParcelItem,
    name: string,
    signal: AbortSignal,
  ): Promise<Receipt | undefined> {
    const found = await this.ask(far => far.files.get(name), signal);
    if (found === undefined) return undefined;
    const same = createHash('sha256').update(found).digest('hex') === item.content.sha256;
    if (!same) throw new AdapterError('conflict', `Other bytes stand at ${name}.`);
    return this.receipt(item, 'already-present');
  }

  protected async retireOlder(item: ParcelItem, signal: AbortSignal): Promise<void> {
    await this.ask(far => {
      for (const name of [...far.files.keys()]) {
        if (name.startsWith(`.part-${item.deliveryId}-`)) far.files.delete(name);
      }
    }, signal);
  }

  protected async upload(
    item: ParcelItem,
    temporary: string,
    report: Progress,
    signal: AbortSignal,
  ): Promise<Sent> {
    await this.ask(far => far.write(temporary, Buffer.alloc(0)), signal);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of this.pieces(item.content, signal)) {
      hash.update(piece);
      const at = bytes;
      await this.ask(far => this.place(far, temporary, at, piece), signal);
      bytes += piece.length;
      report(item.deliveryId, bytes);
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  protected place(far: MemoryFarEnd, temporary: string, at: number, piece: Buffer): void {
    const held = far.files.get(temporary);
    if (held === undefined) throw new AdapterError('content-mismatch', `${temporary} is gone.`);
    far.files.set(temporary, Buffer.concat([held.subarray(0, at), piece]));
  }

  protected async *pieces(content: Content, signal: AbortSignal): AsyncGenerator<Buffer> {
    const stream = await content.open(0, signal);
    const stop = () => stream.destroy(stopped());
    signal.addEventListener('abort', stop);
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) yield piece;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  protected check(item: ParcelItem, sent: Sent): void {
    if (sent.bytes !== item.content.size)
      throw new AdapterError('content-failed', 'The content ended early.');
    if (sent.sha256 !== item.content.sha256) throw new AdapterError('content-mismatch', 'Another digest.');
  }

  protected async publish(
    item: ParcelItem,
    temporary: string,
    name: string,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.ask(far => this.rename(far, temporary, name), signal);
    } catch (error) {
      if (!(error instanceof LinkBroken)) throw error;
      await this.resolveLost(item, temporary, name, signal);
    }
  }

  protected rename(far: MemoryFarEnd, temporary: string, name: string): void {
    const bytes = far.files.get(temporary);
    if (bytes === undefined) throw new AdapterError('content-mismatch', `${temporary} is gone.`);
    if (far.files.has(name)) throw new AdapterError('conflict', `Other bytes stand at ${name}.`);
    far.files.delete(temporary);
    far.write(name, bytes);
  }

  protected async resolveLost(
    item: ParcelItem,
    temporary: string,
    name: string,
    signal: AbortSignal,
  ): Promise<void> {
    if (await this.ask(far => far.files.has(temporary), signal)) {
      return this.publish(item, temporary, name, signal);
    }
  }

  protected async discard(_item: ParcelItem, temporary: string, cause: unknown): Promise<void> {
    const removal = this.ask(far => far.files.delete(temporary), AbortSignal.timeout(memoryDeadline));
    await removal.catch((error: unknown) => {
      // The far end is out of reach: the next attempt removes it. The failure that led here is what gets told.
      if (!(error instanceof AdapterError)) throw new AggregateError([error, cause]);
    });
  }

  protected receipt(item: ParcelItem, outcome: Receipt['outcome']): Receipt {
    const { size, sha256 } = item.content;
    return {
      deliveryId: item.deliveryId,
      outcome,
      key: item.key,
      size,
      proofLevel: 'destination_reread',
      evidence: { size, sha256 },
    };
  }

  /** One request: connects when there is no link, waits no longer than the deadline, ends with the signal. */
  protected async ask<T>(act: (far: MemoryFarEnd) => T, signal: AbortSignal): Promise<T> {
    if (this.link?.usable !== true) this.link = this.far.connect();
    return this.bounded(this.link.ask(act), signal);
  }

  protected async bounded<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new AdapterError('unreachable', 'No answer.')), memoryDeadline);
      const stop = () => reject(stopped());
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      });
    });
  }
}

export function stopped(): AdapterError {
  return new AdapterError('unreachable', 'The delivery was stopped.');
}
