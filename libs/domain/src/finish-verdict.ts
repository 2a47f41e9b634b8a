/** One file as one scan of its source saw it. */
export interface Observation {
  readonly identity: string;
  /** Bytes. */
  readonly size: number;
  /** Moves whenever bytes do (size and modification time, for a folder). */
  readonly revision: string;
  /** What the source itself knows; absent: it cannot tell. */
  readonly finished?: boolean | undefined;
}

/** Why a file is held to be finished; stored in its waybill as it is. */
export type FinishEvidence =
  | {
      readonly rule: 'idle';
      /** How long size and revision stood still, in whole milliseconds. */
      readonly idleMs: number;
      /** How many scans saw them so. */
      readonly scans: number;
      readonly size: number;
      readonly revision: string;
    }
  | { readonly rule: 'source'; readonly size: number; readonly revision: string };

interface Stillness {
  readonly size: number;
  readonly revision: string;
  /** When this size and revision were first seen. */
  readonly since: number;
  scans: number;
  lastScan: number;
}

/**
 * Decides from scans of one source which of its files are finished: the source says so, or size and revision stood still
 * for `idleMs` over at least two scans. Pure: times are milliseconds of a monotonic clock that the caller reads right
 * after it looked at the file, so that a slow scan never counts as waiting.
 *
 * A source that says "not finished" is believed, however long the file stands still.
 */
export class FinishTracker {
  private readonly seen = new Map<string, Stillness>();
  private scan = 0;

  /** @param idleMs how long a file must stand still, in milliseconds */
  constructor(private readonly idleMs: number) {}

  /** How many files are being watched. */
  get size(): number {
    return this.seen.size;
  }

  /** Starts a scan. A scan that failed is simply never ended: nothing is forgotten by it. */
  beginScan(): void {
    this.scan += 1;
  }

  /** The evidence when the file is finished, on this and every later scan that finds it unchanged; else undefined. */
  observe(observation: Observation, at: number): FinishEvidence | undefined {
    const { identity, size, revision, finished } = observation;
    const still = this.stillness(observation, at);
    this.seen.set(identity, still);
    if (finished === true) return { rule: 'source', size, revision };
    if (finished === false) return undefined;
    const idleMs = at - still.since;
    if (still.scans < 2 || idleMs < this.idleMs) return undefined;
    return { rule: 'idle', idleMs: Math.round(idleMs), scans: still.scans, size, revision };
  }

  /** The scan saw everything: what it did not see is forgotten, and would start to wait anew. */
  endScan(): void {
    for (const [identity, { lastScan }] of this.seen) {
      if (lastScan !== this.scan) this.seen.delete(identity);
    }
  }

  private stillness({ identity, size, revision }: Observation, at: number): Stillness {
    const before = this.seen.get(identity);
    if (before?.size !== size || before.revision !== revision) {
      return { size, revision, since: at, scans: 1, lastScan: this.scan };
    }
    // Seen twice in one scan proves nothing about the time between scans.
    if (before.lastScan !== this.scan) before.scans += 1;
    before.lastScan = this.scan;
    return before;
  }
}
