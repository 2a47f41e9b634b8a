import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** One file at a source, as it stood when it was listed. */
export interface SourceItem {
  /** Path below the source root, '/'-separated, without a leading '/'. */
  readonly key: string;
  /** Stays equal while the same recording grows, is renamed or has its header rewritten; holds no size, no time, no content. */
  readonly identity: string;
  /** Moves whenever bytes do. */
  readonly revision: string;
  /** Bytes readable now. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** What the source itself knows; absent: it cannot tell. */
  readonly finished?: boolean;
  readonly recording?: { readonly id: string; readonly chapter: number };
  /**
   * Why this file can't be taken under its name, one sentence (a name that is not UTF-8, control characters).
   * `key` is then an escaped form for display, and open() is never called for it.
   */
  readonly refused?: string;
}

/** A source's condition for a person. */
export interface SourceHealth {
  readonly state: string;
  readonly sentence: string;
  readonly nextStep?: string;
}

/** Half-open byte range [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where files come from. Every rejection is an AdapterError; every promise settles soon after `signal` aborts. */
export interface SourceAdapter {
  /** How many items may be open at once. */
  readonly maxInFlight: number;

  /** Resolves when the source can be listed now. Rejects with `unreachable`, `unauthorized` or `rejected`. */
  probe(signal: AbortSignal): Promise<void>;

  /** Every file present now, each once. Rejects when the listing cannot be complete: absence is a fact, not a guess. */
  list(signal: AbortSignal): AsyncIterable<SourceItem>;

  /**
   * Bytes [start, end) of this identity, end ≤ item.size. Another identity or validator: `source-changed`; gone: `missing`;
   * growth is no reason to refuse. The stream ends early only with an error. Repeatable.
   */
  open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable>;

  /**
   * The file itself, when it lies on this machine: a read-only handle checked to be this identity, which the caller
   * closes. Errors as open(). Absent: remote, goes through the spool.
   */
  openFile?(item: SourceItem, signal: AbortSignal): Promise<FileHandle>;

  /** The size and revision that list() would give the file behind a handle of openFile() now. Present with openFile(). */
  lookAt?(handle: FileHandle): Promise<Pick<SourceItem, 'size' | 'revision'>>;

  /** Moves the item aside before it is read; the target is committed first; the identity stays that of the original path. Absent: read in place. */
  claim?(item: SourceItem, signal: AbortSignal): Promise<SourceItem>;

  /** The asset is proven: move, delete or keep, as configured. Idempotent; refuses a changed item. Absent: keep. */
  dispose?(item: SourceItem, signal: AbortSignal): Promise<void>;

  /** Calls hint when a new list() may be worth it. A hint carries no data; missed hints cost time, never a file. Resolves when `signal` aborts. */
  watch?(hint: () => void, signal: AbortSignal): Promise<void>;

  /** Held from before list until no item is open (a camera's keep-alive lives in it). */
  session?(signal: AbortSignal): Promise<AsyncDisposable>;

  /** The source's condition for a person: state, sentence, next step. */
  health?(): SourceHealth;

  /** Lets go of everything. Repeatable. */
  close(): Promise<void>;
}
