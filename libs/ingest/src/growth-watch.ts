import type { FinishEvidence } from '@waybill/domain';
import type { GrowingFile } from '@waybill/transfer';
import { setTimeout as pause } from 'node:timers/promises';
import { ShrunkError } from './shrunk-error.ts';

/** What one look at an open file shows. */
export interface Look {
  /** Bytes. */
  readonly size: number;
  /** Moves whenever bytes do; in the words of the source's own listing. */
  readonly revision: string;
}

/** Milliseconds between two looks. */
const lookEveryMs = 250;

/**
 * Looks at one growing file through its handle. Times are of a monotonic clock and count only between two looks that were
 * really made, so that a computer that slept does not take a file for finished.
 */
export class GrowthWatch implements GrowingFile {
  private last: Look | undefined;
  private stillMs = 0;
  private looks = 0;
  private lookedAt = 0;

  constructor(
    private readonly name: string,
    private readonly look: () => Promise<Look>,
    /** How long the file must stand still to be finished, in milliseconds. */
    private readonly idleMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Undefined as soon as the file stood still for half of the time that makes it finished: enough to read it meanwhile. */
  async readable(atLeast: number): Promise<number | undefined> {
    for (;;) {
      const { size } = await this.lookOnce();
      if (size >= atLeast) return size;
      if (this.stillMs >= this.idleMs / 2 && this.looks >= 2) return undefined;
      await pause(Math.min(lookEveryMs, this.idleMs / 4), undefined, { signal: this.signal });
    }
  }

  /** Bytes that the last look showed. */
  get seen(): number {
    return this.last?.size ?? 0;
  }

  /** What the file shows now. */
  now(): Promise<Look> {
    return this.lookOnce();
  }

  /** The evidence once the file stood still for its time, and is as `before` saw it; undefined when it moved. */
  async finished(before: Look): Promise<FinishEvidence | undefined> {
    for (;;) {
      const now = await this.lookOnce();
      if (now.revision !== before.revision) return undefined;
      if (this.stillMs >= this.idleMs && this.looks >= 2) {
        const { size, revision } = now;
        return { rule: 'idle', idleMs: Math.round(this.stillMs), scans: this.looks, size, revision };
      }
      const wait = Math.min(lookEveryMs, Math.max(this.idleMs - this.stillMs, 10));
      await pause(wait, undefined, { signal: this.signal });
    }
  }

  private async lookOnce(): Promise<Look> {
    this.signal.throwIfAborted();
    const now = await this.look();
    const at = performance.now();
    const { last } = this;
    if (last !== undefined && now.size < last.size) throw new ShrunkError(this.name, last.size, now.size);
    if (last?.revision === now.revision) {
      this.stillMs += Math.min(at - this.lookedAt, 4 * lookEveryMs);
      this.looks += 1;
    } else {
      this.stillMs = 0;
      this.looks = 1;
    }
    this.last = now;
    this.lookedAt = at;
    return now;
  }
}
