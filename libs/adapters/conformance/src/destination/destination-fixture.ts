import type { DestinationAdapter } from '@waybill/contract';

/** Makes trouble on the way between the adapter and its far end. */
export interface Trouble {
  /** From now on nothing passes in either direction; connections stay open, new ones are accepted and hear nothing. */
  silence(): void;
  /** The first answer after `happened` came true is not passed on: the connection is cut in its place. Once. */
  loseAnswerWhen(happened: () => Promise<boolean>): void;
  /** Ends what silence() began; connections that stood through it are cut. */
  heal(): void;
  /** Connections that the adapter holds open now. */
  connections(): number;
}

/**
 * A fresh far end with an adapter in front of it. Everything but `adapter` looks behind the adapter's back, with a client
 * that is not ours.
 */
export interface DestinationFixture {
  readonly adapter: DestinationAdapter;
  readonly trouble: Trouble;
  /** Bytes of a file that takes several chunks or parts. */
  readonly largeSize: number;
  /** Milliseconds within which the adapter, as configured here, has to settle when the far end falls silent. */
  readonly silenceLimit: number;
  /** The bytes under a key; undefined when there is no such file. */
  read(key: string): Promise<Buffer | undefined>;
  /** Everything below the destination's root that is not a folder: finished files, temporary ones, unfinished uploads. */
  list(): Promise<string[]>;
  /** Puts bytes of someone else's under a key. */
  put(key: string, bytes: Buffer): Promise<void>;
  /** Changes whenever the file under this key is written again. */
  stamp(key: string): Promise<string>;
  dispose(): Promise<void>;
}
