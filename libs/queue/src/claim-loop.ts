import { Alarm } from './alarm.ts';
import { Outage, quietly, type OutageLog } from './outage.ts';

/** How one claimed item, or one claimed set, is worked on. */
export type ClaimLoopWork<T> =
  | { readonly work: (item: T, signal: AbortSignal) => Promise<void>; readonly workBatch?: never }
  | {
      readonly workBatch: (items: readonly T[], signal: AbortSignal) => Promise<void>;
      readonly work?: never;
    };

export type ClaimLoopOptions<T> = ClaimLoopWork<T> & {
  /** What log lines call it. */
  readonly name: string;
  /** How many items (`work`) or sets (`workBatch`) may be under way at once. */
  readonly concurrency: number;
  /** The most items that one claim asks for. */
  readonly batch: number;
  /** Claims up to `limit` due items (`FOR UPDATE SKIP LOCKED`). None: nothing is due now. */
  readonly claim: (limit: number, signal: AbortSignal) => Promise<readonly T[]>;
  /** Gives back what a claim returned after stop() was called. Absent: the leases run out by themselves. */
  readonly giveBack?: (items: readonly T[]) => Promise<void>;
  /** Milliseconds between two claims when nobody calls wake(): the sweeper. */
  readonly sweepEvery: number;
  /** A work or giveBack rejected. The loop goes on. */
  readonly onError: (error: unknown, items: readonly T[]) => void;
  /** Told once when claims begin to fail and once when they succeed again. */
  readonly log: OutageLog;
};

const firstRetryMs = 100;
const longestRetryMs = 5_000;
const gatherMs = 25;

/**
 * Claims due work from Postgres in sets and works on it, up to `concurrency` at once (design, section 2). It asks for no
 * more than it has free slots for, asks again as soon as half of the slots are free, drains until a claim returns none, and
 * then sleeps until wake() or the sweep. Failing claims (Postgres away) are repeated ever more slowly, at most 5 s apart,
 * and nothing that a callback throws ends the loop.
 */
export class ClaimLoop<T> {
  private readonly options: ClaimLoopOptions<T>;
  private readonly outage: Outage;
  private readonly alarm = new Alarm();
  private readonly underWay = new Map<AbortController, Promise<void>>();
  private readonly claiming = new AbortController();
  private wanted = false;
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(options: ClaimLoopOptions<T>) {
    if (options.concurrency < 1 || options.batch < 1) {
      throw new RangeError(`Claim loop ${options.name} needs a concurrency and a batch of at least 1.`);
    }
    this.options = options;
    this.outage = new Outage(options.log, {
      began: reason =>
        `${options.name}: due work can't be claimed (${reason}); this is tried again by itself until it succeeds.`,
      ended: seconds => `${options.name}: due work can be claimed again after ${seconds} s.`,
    });
  }

  /** Items or sets under way now. */
  get busy(): number {
    return this.underWay.size;
  }

  /** True from the first failing claim until one succeeds. */
  get cutOff(): boolean {
    return this.outage.lasts;
  }

  /** Begins with a claim at once. Repeatable; not after stop(). */
  start(): void {
    if (this.stopping) throw new Error(`Claim loop ${this.options.name} was stopped and can't start again.`);
    this.loop ??= this.run();
  }

  /** There may be work: claim now, or as soon as there are slots. Cheap; a thousand calls cost one claim. */
  wake(): void {
    this.wanted = true;
    this.alarm.ring();
  }

  /**
   * Claims no more, gives works under way `graceMs` to end, then aborts their signals; resolves when all have settled.
   * Repeatable: a second call shortens the grace.
   */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.alarm.ring();
    const timer = setTimeout(() => this.abortAll(), graceMs);
    try {
      await this.loop;
      while (this.underWay.size > 0) await Promise.all(this.underWay.values());
    } finally {
      clearTimeout(timer);
    }
  }

  private abortAll(): void {
    const reason = new Error(`${this.options.name} is stopping.`);
    this.claiming.abort(reason);
    for (const controller of this.underWay.keys()) controller.abort(reason);
  }

  private async run(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!this.stopping) {
      const limit = await this.room();
      if (limit === 0) return;
      this.wanted = false;
      const claimed = await this.claimOnce(limit);
      if (claimed === undefined) {
        await this.backOff(retryMs);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
        continue;
      }
      retryMs = firstRetryMs;
      if (claimed.length > 0) await this.take(claimed);
      else await this.rest();
    }
  }

  /**
   * Waits until a claim is worth its statement, and gives its limit; 0 when stopping. Fewer free slots than half wait a
   * moment for company and are then filled all the same: long works must not keep the other slots idle.
   */
  private async room(): Promise<number> {
    const { concurrency, batch, workBatch } = this.options;
    const worthwhile = workBatch === undefined ? Math.min(batch, Math.ceil(concurrency / 2)) : 1;
    let gatherUntil: number | undefined;
    while (!this.stopping) {
      const free = concurrency - this.underWay.size;
      const waited = gatherUntil !== undefined && performance.now() >= gatherUntil;
      if (free >= worthwhile || (free > 0 && waited)) {
        return workBatch === undefined ? Math.min(free, batch) : batch;
      }
      if (free > 0) gatherUntil ??= performance.now() + gatherMs;
      await this.alarm.sleep(gatherUntil === undefined ? undefined : gatherUntil - performance.now());
    }
    return 0;
  }

  private async claimOnce(limit: number): Promise<readonly T[] | undefined> {
    try {
      const claimed = await this.options.claim(limit, this.claiming.signal);
      this.outage.recovered();
      return claimed;
    } catch (error) {
      if (!this.stopping) this.outage.failed(error);
      return undefined;
    }
  }

  /** Wakes don't shorten a back-off: they would turn a burst of work into a burst of failing connections. */
  private async backOff(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (!this.stopping && performance.now() < until) await this.alarm.sleep(until - performance.now());
  }

  /** Sleeps until the next sweep or a wake-up; an ending work rings too and is no reason to claim. */
  private async rest(): Promise<void> {
    const until = performance.now() + this.options.sweepEvery;
    while (!this.stopping && !this.wanted && performance.now() < until) {
      await this.alarm.sleep(until - performance.now());
    }
  }

  private async take(claimed: readonly T[]): Promise<void> {
    if (this.stopping) return this.giveBack(claimed);
    const { work, workBatch } = this.options;
    if (workBatch !== undefined) this.begin(claimed, signal => workBatch(claimed, signal));
    else for (const item of claimed) this.begin([item], signal => work(item, signal));
  }

  private begin(items: readonly T[], work: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController();
    const ended = Promise.resolve()
      .then(() => work(controller.signal))
      .catch((error: unknown) => quietly(() => this.options.onError(error, items)))
      .finally(() => {
        this.underWay.delete(controller);
        this.alarm.ring();
      });
    this.underWay.set(controller, ended);
  }

  private async giveBack(items: readonly T[]): Promise<void> {
    try {
      await this.options.giveBack?.(items);
    } catch (error) {
      quietly(() => this.options.onError(error, items));
    }
  }
}
