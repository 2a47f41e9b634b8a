import type { ProofLevel } from '@waybill/contract';
import type { Readable } from 'node:stream';
import type { BodyDigests } from './body-digests.ts';
import type { ProvenObject } from './stored-proof.ts';

export interface BeginUpload {
  readonly key: string;
  /** Stamped into the object's metadata as `waybill-token`: how we know our own object again. */
  readonly token: string;
  readonly contentType: string;
  readonly signal: AbortSignal;
}

/** A body too large to be held in memory; `open` is called once an attempt and gives the same `size` bytes each time. */
export interface StreamedBody {
  readonly size: number;
  open(): Readable;
}

export interface SendPart {
  readonly key: string;
  readonly uploadId: string;
  /** 1 to 10,000. */
  readonly number: number;
  readonly body: Buffer | StreamedBody;
  readonly digests: BodyDigests;
  readonly signal: AbortSignal;
}

export interface SentPart {
  /** Without quotes; what Complete has to name. */
  readonly etag: string;
  readonly proofLevel: ProofLevel;
}

export interface PutObject {
  readonly key: string;
  readonly token: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly digests: BodyDigests;
  /** True: bytes that are not ours are never overwritten. False: the route replaces an older generation. */
  readonly ifAbsent: boolean;
  readonly signal: AbortSignal;
}

export interface PutResult extends ProvenObject {
  /** True: an earlier attempt with this token had already stored these bytes. */
  readonly resumed: boolean;
}

export interface ListedPart {
  readonly number: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Hex, where the store keeps one. */
  readonly crc32?: string;
}

export type PartListing =
  | { readonly outcome: 'listed'; readonly parts: readonly ListedPart[] }
  /** The store no longer (or never) knew this upload id. */
  | { readonly outcome: 'upload-gone' };

/**
 * The landing as the edge sees it: bytes go in, nothing becomes visible half. Every rejection is an AdapterError; every
 * call settles soon after its signal aborts; every call may be repeated.
 */
export interface EdgeLanding {
  /** `bucket waybill at https://…`, for messages. */
  readonly description: string;

  /**
   * True while the store may need an MD5 with each body: until its first answer showed that it confirms CRC-32, and ever
   * after where it does not. Ask before each hash pass. A body sent without one is hashed by the landing.
   */
  readonly wantsMd5: boolean;

  /** Resolves when bucket, address and credentials are right; leaves nothing behind. */
  probe(signal: AbortSignal): Promise<void>;

  /** Opens a multipart upload. A lost answer leaves an upload that nobody recorded: the reaper's business. */
  begin(upload: BeginUpload): Promise<{ readonly uploadId: string }>;

  /**
   * Resolves when the store confirmed this part's bytes (CRC-32, else MD5); a repeat replaces the part. Another answer
   * than ours: `content-mismatch`. A forgotten upload id: UploadGoneError.
   */
  sendPart(part: SendPart): Promise<SentPart>;

  /**
   * Stores a whole small object with the same proof. An object of this token with these bytes counts as success;
   * with `ifAbsent`, another's object under the key: `conflict`, and it stays as it was.
   */
  put(object: PutObject): Promise<PutResult>;

  /** What the store holds of an upload, in part order. */
  listParts(
    upload: { readonly key: string; readonly uploadId: string },
    signal: AbortSignal,
  ): Promise<PartListing>;

  /** Closes idle connections. Repeatable. */
  close(): Promise<void>;
}
