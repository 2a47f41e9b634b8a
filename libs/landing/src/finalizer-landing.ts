import type { Content, ProofLevel } from '@waybill/contract';
import type { Readable } from 'node:stream';
import type { ProvenObject } from './stored-proof.ts';

/** One part of our own list: what Complete names, and what the whole is proved by. */
export interface CompletePart {
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Lower-case hex, 8 digits. With it on every part the CRC-32 of the whole is combined and compared. */
  readonly crc32?: string;
}

export interface CompleteUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly token: string;
  /** In any order; sorted before it is sent. */
  readonly parts: readonly CompletePart[];
  /** Bytes of the whole; the parts' sizes add up to it. */
  readonly size: number;
  /** CRC-32 of the whole, where it is known otherwise; else combined from the parts. */
  readonly crc32?: string;
  /** True: an older object under the key may be replaced. Default false: another's object there is `conflict`. */
  readonly replace?: boolean;
  readonly signal: AbortSignal;
}

export type CompleteOutcome =
  | { readonly outcome: 'proven'; readonly object: ProvenObject }
  /** The store refuses our part list: the asset goes back to `receiving`, the listing says what is there. */
  | { readonly outcome: 'parts-rejected'; readonly reason: string }
  /** The store forgot the upload and there is no object of ours: every byte has to be sent again. */
  | { readonly outcome: 'upload-gone'; readonly reason: string };

export interface ProveObject {
  readonly key: string;
  readonly token: string;
  readonly size: number;
  /** Of the whole, lower-case hex, where known: compared where the store keeps one. */
  readonly crc32?: string;
  /** As the edge saw it, without quotes. Another ETag now: `conflict`. */
  readonly etag?: string;
  /** What the edge's own send proved; holds on while the ETag is unchanged. */
  readonly proofLevel?: ProofLevel;
  readonly signal: AbortSignal;
}

export type ProveOutcome =
  | { readonly outcome: 'proven'; readonly object: ProvenObject }
  | { readonly outcome: 'object-gone'; readonly reason: string };

/** An object as HEAD shows it. */
export interface LandedObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** The `waybill-token` in its metadata; absent: not made by Waybill. */
  readonly token?: string;
  /** Hex CRC-32 of the whole, where the store keeps one. */
  readonly crc32?: string;
  readonly contentType?: string;
  readonly modifiedAt?: Date;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
}

/** A range of bytes of one proven object. */
export interface OpenRange {
  readonly start: number;
  /** Exclusive. Absent: to the end. */
  readonly end?: number;
  /** The proven ETag. */
  readonly ifMatch: string;
}

export interface ContentOf {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string;
}

/**
 * The landing as the finalizer and the delivery service see it. Every rejection is an AdapterError; every call settles soon
 * after its signal aborts; every call may be repeated.
 */
export interface FinalizerLanding {
  /** `bucket waybill at https://…`, for messages. */
  readonly description: string;

  /** Resolves when bucket, address and credentials are right; leaves nothing behind. */
  probe(signal: AbortSignal): Promise<void>;

  /**
   * Makes the object from our own part list and proves it. A lost or doubtful answer is settled by looking at the object:
   * one that carries our token and size is ours, however often this is called. Another's object under the key: `conflict`.
   * An object of ours with other bytes than ours: `content-mismatch`.
   */
  complete(upload: CompleteUpload): Promise<CompleteOutcome>;

  /** Proves an object that the edge stored whole. Another's object: `conflict`; other bytes: `content-mismatch`. */
  prove(object: ProveObject): Promise<ProveOutcome>;

  /** The object under this key; undefined only when the store said that there is none. */
  head(key: string, signal: AbortSignal): Promise<LandedObject | undefined>;

  /**
   * Bytes of the object with this ETag. Another object by now: `conflict`; none: `missing`. The stream gives the whole range
   * or ends in an AdapterError.
   */
  open(key: string, range: OpenRange, signal: AbortSignal): Promise<Readable>;

  /** A proven object as an adapter's content, read again from any offset. Does no I/O. Failing reads are `content-failed`. */
  content(object: ContentOf): Content;

  /** Writes a JSON document beside an object, over an earlier one. */
  putJson(key: string, value: unknown, signal: AbortSignal): Promise<{ readonly etag: string }>;

  /** Open multipart uploads of the bucket below a prefix, oldest key first. */
  listUploads(prefix: string, signal: AbortSignal): AsyncIterable<OpenUpload>;

  /** Ends a multipart upload; one that is gone already counts as success. */
  abort(upload: { readonly key: string; readonly uploadId: string }, signal: AbortSignal): Promise<void>;

  /** Closes idle connections. Repeatable. */
  close(): Promise<void>;
}
