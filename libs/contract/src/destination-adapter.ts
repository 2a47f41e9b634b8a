import type { Content } from './content.ts';
import type { ProofLevel } from './proof.ts';

/** One file of a parcel. */
export interface ParcelItem {
  readonly deliveryId: string;
  /** Grows with every claim of the delivery: makes the temporary name of this attempt its own. */
  readonly fence: number;
  /** Where it goes: path below the destination's root, '/'-separated, without a leading '/'. */
  readonly key: string;
  readonly content: Content;
  /** What is known of the asset, for destinations that tell it on. */
  readonly asset: {
    readonly id: string;
    readonly source: string;
    readonly filename: string;
    readonly landingKey: string;
  };
  /** Receipts of destinations that a route put before this one. */
  readonly receipts: readonly Receipt[];
}

/** What goes out in one effect. Its members are frozen before the first attempt. */
export interface Parcel {
  readonly id: string;
  readonly items: readonly ParcelItem[];
}

/** What the far side is known to hold, and how we know it. */
export interface Receipt {
  readonly deliveryId: string;
  readonly destination?: string;
  /** `already-present`: the same bytes stood there before this attempt wrote any. */
  readonly outcome: 'delivered' | 'already-present';
  readonly key: string;
  readonly size: number;
  readonly proofLevel: ProofLevel;
  /** What the proof rests on: sizes, digests, ETags, the server's abilities. No secrets. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}

/** Bytes of this delivery that the far side has acknowledged so far in this attempt. */
export type Progress = (deliveryId: string, bytesSent: number) => void;

/** A finished file at a destination, as seen by inspect(). */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt?: Date;
}

/** Where files go. Every rejection is an AdapterError; every promise settles soon after `signal` aborts. */
export interface DestinationAdapter {
  /** How many parcels may be under way at once. */
  readonly maxInFlight: number;

  /** Resolves when a delivery could be made now; leaves nothing behind. */
  probe(signal: AbortSignal): Promise<void>;

  /**
   * All or nothing and safe to repeat: resolves only when every byte is durable under its key, with one receipt an item in
   * the parcel's order; nothing is visible half under its key. Other bytes under the key: `conflict` unless configured to
   * replace; the same bytes: `already-present`. Content that ends early or differs from its digest: `content-failed` or
   * `content-mismatch`, and nothing appears. After any outcome no temporary name of this attempt stays where the far side
   * could still be reached.
   */
  deliver(parcel: Parcel, report: Progress, signal: AbortSignal): Promise<readonly Receipt[]>;

  /** The finished file under this key; undefined only when the far side said that there is none. */
  inspect?(key: string, signal: AbortSignal): Promise<StoredObject | undefined>;

  /** Ends every connection. Repeatable. */
  close(): Promise<void>;
}
