import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AdapterError, type Content, type Parcel, type ParcelItem } from '@waybill/contract';

/** Bytes without a pattern, the same for the same seed. */
export function someBytes(size: number, seed = 0): Buffer {
  const key = Buffer.alloc(16, seed + 1);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const pieceSize = 64 * 1024;

function* pieces(bytes: Buffer, start: number): Generator<Buffer> {
  for (let at = start; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
}

/** An honest content. */
export function contentOf(bytes: Buffer): Content {
  return {
    size: bytes.length,
    sha256: sha256Of(bytes),
    contentType: 'application/octet-stream',
    open: async start => Readable.from(pieces(bytes, start), { objectMode: false }),
  };
}

/** Says that it is longer than it is. */
export function endingEarly(bytes: Buffer): Content {
  const whole = Buffer.concat([bytes, someBytes(1000, 99)]);
  return { ...contentOf(bytes), size: whole.length, sha256: sha256Of(whole) };
}

/** Is as long as it says and has another digest. */
export function lyingAboutDigest(bytes: Buffer): Content {
  return { ...contentOf(bytes), sha256: sha256Of(Buffer.from('something else')) };
}

/** Breaks in the middle. */
export function failingHalfway(bytes: Buffer): Content {
  return {
    ...contentOf(bytes),
    open: async () => {
      const left = pieces(bytes.subarray(0, Math.ceil(bytes.length / 2)), 0);
      return new Readable({
        read() {
          const next = left.next();
          if (next.done !== true) this.push(next.value);
          else this.destroy(new AdapterError('content-failed', 'The store behind this content broke off.'));
        },
      });
    },
  };
}

/** A content that stands still at its half until it is released. */
export interface GatedContent {
  readonly content: Content;
  /** Resolves when the first half was taken and more is asked for. */
  readonly halfTaken: Promise<void>;
  readonly release: () => void;
}

export function gated(bytes: Buffer): GatedContent {
  let taken: () => void = () => undefined;
  let release: () => void = () => undefined;
  const halfTaken = new Promise<void>(resolve => (taken = resolve));
  const gate = new Promise<void>(resolve => (release = resolve));
  const half = Math.ceil(bytes.length / 2);
  const open = async () => {
    const first = pieces(bytes.subarray(0, half), 0);
    const rest = pieces(bytes, half);
    let opened = false;
    return new Readable({
      read() {
        const next = opened ? rest.next() : first.next();
        if (next.done !== true) return void this.push(next.value);
        if (opened) return void this.push(null);
        opened = true;
        taken();
        void gate.then(() => this.destroyed || this._read(0));
      },
    });
  };
  return { content: { ...contentOf(bytes), open }, halfTaken, release: () => release() };
}

let ids = 0;

/** A parcel item with an id of its own. */
export function itemOf(key: string, content: Content, over: Partial<ParcelItem> = {}): ParcelItem {
  ids += 1;
  const deliveryId = `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`;
  const asset = {
    id: `asset-${ids}`,
    source: 'rule',
    filename: key.split('/').at(-1) ?? key,
    landingKey: `rule/${key}`,
  };
  return { deliveryId, fence: 1, key, content, asset, receipts: [], ...over };
}

export function parcelOf(...items: ParcelItem[]): Parcel {
  return { id: `parcel-${items[0]?.deliveryId ?? 'empty'}`, items };
}

export const noReport = (): void => undefined;

/** A signal that never aborts. */
export const untilDone = (): AbortSignal => new AbortController().signal;
