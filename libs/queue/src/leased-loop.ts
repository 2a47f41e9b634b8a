import { ClaimLoop } from './claim-loop.ts';
import { LeaseKeeper, type Lease } from './lease-keeper.ts';
import type { OutageLog } from './outage.ts';

export interface LeasedLoopOptions<T extends Lease> {
  /** What log lines call it. */
  readonly name: string;
  readonly concurrency: number;
  /** Claims up to `limit` due rows with a lease of `leaseMs`. */
  readonly claim: (limit: number) => Promise<readonly T[]>;
  /** Works on one row; its signal aborts when the loop stops for good or the lease is lost. */
  readonly work: (row: T, signal: AbortSignal) => Promise<void>;
  /** Lets go of rows that were claimed and will not be worked on. */
  readonly giveBack: (rows: readonly T[]) => Promise<void>;
  /** Prolongs these leases; answers the ids that are lost. */
  readonly renew: (held: readonly T[]) => Promise<Iterable<string>>;
  /** Milliseconds that a claim or a renewal makes a lease last. */
  readonly leaseMs: number;
  readonly log: OutageLog;
}

/** How often due rows are looked for when nobody wakes the loop, in milliseconds. */
const sweepEveryMs = 1_500;

/** A claim loop whose rows stay leased while they are worked on: what every app's work runs in. */
export class LeasedLoop<T extends Lease> {
  private readonly keeper: LeaseKeeper<T>;
  private readonly loop: ClaimLoop<T>;
  private claimedAt = 0;

  constructor(private readonly options: LeasedLoopOptions<T>) {
    const { name, concurrency, leaseMs, renew, giveBack, log } = options;
    this.keeper = new LeaseKeeper<T>({ name, every: leaseMs / 4, duration: leaseMs, renew, log });
    this.loop = new ClaimLoop<T>({
      name,
      concurrency,
      batch: concurrency,
      sweepEvery: sweepEveryMs,
      claim: limit => this.claim(limit),
      work: (row, signal) => this.work(row, signal),
      giveBack,
      onError: (error, rows) =>
        log.warn(
          `${name}: what became of ${rows.map(row => row.id).join(', ')} could not be recorded; its lease runs out and it is taken up again.`,
          error,
        ),
      log,
    });
  }

  /** Rows under way now. */
  get busy(): number {
    return this.loop.busy;
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  /** As ClaimLoop.stop: no more claims, `graceMs` to end what is under way, then it is given back. */
  async stop(graceMs: number): Promise<void> {
    await this.loop.stop(graceMs);
    this.keeper.stop();
  }

  private claim(limit: number): Promise<readonly T[]> {
    this.claimedAt = performance.now();
    return this.options.claim(limit);
  }

  private async work(row: T, signal: AbortSignal): Promise<void> {
    const held = this.keeper.hold(row, this.claimedAt);
    // Not AbortSignal.any(): Node 20 may collect its result before it fires, while only a listener waits for it.
    const controller = new AbortController();
    const follow = (followed: AbortSignal) => () => controller.abort(followed.reason);
    const [onStop, onLoss] = [follow(signal), follow(held.signal)];
    signal.addEventListener('abort', onStop, { once: true });
    held.signal.addEventListener('abort', onLoss, { once: true });
    if (signal.aborted) onStop();
    if (held.signal.aborted) onLoss();
    try {
      await this.options.work(row, controller.signal);
    } finally {
      signal.removeEventListener('abort', onStop);
      held.signal.removeEventListener('abort', onLoss);
      held.release();
    }
  }
}
