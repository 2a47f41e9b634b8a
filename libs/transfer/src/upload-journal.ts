/** One part that the store confirmed: a row of the journal. */
export interface JournalPart {
  readonly number: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Without quotes; what Complete names. */
  readonly etag: string;
  /** Of the part's bytes, lower-case hex. */
  readonly xxh128: string;
  /** Of the part's bytes, 8 lower-case hex digits. */
  readonly crc32: string;
}

/** An upload about to be made: committed before the store hears of it. */
export interface UploadIntent {
  readonly key: string;
  readonly token: string;
  /** `put`: the whole file is one request, there will be no upload id. */
  readonly kind: 'put' | 'multipart';
}

/**
 * Where a transfer records its upload, given by the caller. What it lost is found again by ListParts, so that no part waits
 * for it: only the three calls around the life of an upload are awaited.
 */
export interface UploadJournal {
  /** Resolves when the intent is committed. Called before Create, and before a single put. */
  intent(upload: UploadIntent): Promise<void>;
  /** Resolves when the upload id is committed. */
  opened(uploadId: string): Promise<void>;
  /**
   * The store forgot this upload: resolves when that is committed, with the token of the upload to be opened in its place
   * (its rows are no longer of use). intent() follows.
   */
  gone(uploadId: string): Promise<{ readonly token: string }>;
  /** Takes a row for writing behind. Never waits, never throws; a repeated number replaces the row. */
  part(row: JournalPart): void;
  /** Resolves when every row taken so far is committed. */
  flush(): Promise<void>;
}
