import type { Readable } from 'node:stream';

/** Bytes that can be read again from any offset: what makes a retry possible inside an adapter. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex of the whole. */
  readonly sha256: string;
  readonly contentType: string;
  /** Where the bytes lie, for a server-side copy. */
  readonly origin?: {
    readonly store: string;
    readonly bucket: string;
    readonly key: string;
    readonly etag: string;
  };
  /** Bytes from `start` to the end. The stream ends early only with an AdapterError. */
  open(start: number, signal: AbortSignal): Promise<Readable>;
}
