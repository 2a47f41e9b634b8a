import type { ProofLevel } from '@waybill/contract';
import type { PartPlan } from '@waybill/domain';
import type { EdgeLanding } from '@waybill/landing';
import type { FileHandle } from 'node:fs/promises';
import type { BufferPool } from './buffer-pool.ts';
import type { JournalPart, UploadJournal } from './upload-journal.ts';

/** Running totals of one file, for display. */
export interface TransferProgress {
  /** Bytes read and hashed. */
  readonly bytesRead: number;
  /** Bytes that the store confirmed, those of an earlier attempt included. */
  readonly bytesSent: number;
  /** Parts that the store confirmed. */
  readonly partsSent: number;
}

/** The upload that this transfer continues or makes. */
export interface UploadState {
  readonly key: string;
  readonly token: string;
  /** Present: the multipart upload of an earlier attempt is continued. */
  readonly uploadId?: string;
  /** The journal's rows of that upload. */
  readonly parts: readonly JournalPart[];
}

export interface SendFileInput {
  /** What messages call the file: source and path. */
  readonly name: string;
  /** Open for reading; read by position, closed by the caller. */
  readonly handle: FileHandle;
  /** Bytes to send: the file's size at the verdict. */
  readonly size: number;
  readonly plan: PartPlan;
  readonly landing: EdgeLanding;
  readonly upload: UploadState;
  readonly journal: UploadJournal;
  /** The memory budget that all files share. */
  readonly pool: BufferPool;
  readonly contentType: string;
  /** True: the route replaces an older object under the key. Default false. */
  readonly replace?: boolean;
  /** Parts of this file under way at once. Default 4. */
  readonly concurrency?: number;
  /** A larger part is streamed and not held. Default 64 MiB. */
  readonly maxBufferedPart?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** What the landing holds now, digests from the one pass over the file. */
export interface SentFile {
  readonly size: number;
  readonly sha256: string;
  readonly xxh128: string;
  readonly crc32: string;
  /** `put`: the object stands under its key. `multipart`: every part stands, Complete is still due. */
  readonly via: 'put' | 'multipart';
  /** Every part of the file in order; empty with `put`. */
  readonly parts: readonly JournalPart[];
  /** The multipart upload that holds the parts. */
  readonly uploadId?: string;
  /** Token stamped into the object: the input's, unless the upload had to be opened anew. */
  readonly token: string;
  /** The object's ETag, with `put`. */
  readonly etag?: string;
  /** The weakest proof among the bodies sent. */
  readonly proofLevel: ProofLevel;
  /** Bytes that went over the wire in this attempt, repeats not counted. */
  readonly bytesUploaded: number;
}
