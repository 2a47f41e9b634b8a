import type { SourceAdapter } from '@waybill/contract';

/**
 * A fresh source with an adapter in front of it. Everything but the adapters works behind their back, as the people and
 * programs do who make the files. Keys are those that the adapter is to list.
 */
export interface SourceFixture {
  readonly adapter: SourceAdapter;
  /** Another adapter on the same source, as after a restart. Who asks for it closes it. */
  readonly anew: () => SourceAdapter;
  /** Bytes of a file that is read in many pieces. */
  readonly largeSize: number;
  /** A new file; folders on its way are made. */
  readonly write: (key: string, bytes: Buffer) => Promise<void>;
  readonly append: (key: string, bytes: Buffer) => Promise<void>;
  /** Writes over the first bytes of a file, in place. */
  readonly overwrite: (key: string, bytes: Buffer) => Promise<void>;
  readonly truncate: (key: string, size: number) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Another file takes the name of this one in one step. */
  readonly replace: (key: string, bytes: Buffer) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
  /** A second name of the same file. Absent: the source has no such thing. */
  readonly link?: (from: string, to: string) => Promise<void>;
  /** A file whose name is not UTF-8. Absent: the source has no such names. */
  readonly writeUnreadableName?: (bytes: Buffer) => Promise<void>;
  /** From now on something below the root cannot be read, whoever asks. */
  readonly breakFolder: () => Promise<void>;
  /** The source is no longer where it was. */
  readonly hideRoot: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}
