import { LeaseLostError } from './lease-lost-error.ts';
import { Outage, type OutageLog } from './outage.ts';

/** What a row's lease is known by: its id, and the fence that this claim gave it. */
export interface Lease {
  readonly id: string;
  readonly fence: number | bigint;
}

/** A lease while its worker holds it. */
export interface HeldLease<L extends Lease> {
  readonly lease: L;
  /** Aborts with a LeaseLostError when the lease is lost or could not be renewed for as long as it lasts. */
  readonly signal: AbortSignal;
  /** The work ended: renew it no more. Repeatable; never touches a later hold of the same row. */
  release(): void;
}

export interface LeaseKeeperOptions<L extends Lease> {
  /** What log lines call it. */
  readonly name: string;
  /** Milliseconds between two renewals: a third of the duration or less. */
  readonly every: number;
  /** Milliseconds that a claim or a renewal makes a lease last. */
  readonly duration: number;
  /** One statement for all: extends these leases where id and fence still match and gives the ids of those that are lost. */
  readonly renew: (held: readonly L[]) => Promise<Iterable<string>>;
  /** Told once when renewals begin to fail and once when they succeed again. */
  readonly log: OutageLog;
}

interface Entry<L extends Lease> {
  readonly lease: L;
  readonly controller: AbortController;
  /** Milliseconds of the process's monotonic clock; Postgres's own expiry is never earlier. */
  deadline: number;
}

/**
 * Renews all leases that this process holds, with one statement at a time (design 2.3). It runs only while something is
 * held. A failing renewal is repeated after a fifth of the interval; one that doesn't answer within an interval counts as
 * failed. Each deadline is counted from before its statement was sent, so a worker is told before Postgres lets another in.
 */
export class LeaseKeeper<L extends Lease> {
  private readonly held = new Map<string, Entry<L>>();
  private readonly outage: Outage;
  private renewTimer: NodeJS.Timeout | undefined;
  private expiryTimer: NodeJS.Timeout | undefined;
  private expiryArmedFor = Infinity;
  private renewing = false;

  constructor(private readonly options: LeaseKeeperOptions<L>) {
    if (options.every * 2 > options.duration) {
      throw new RangeError(
        `Lease keeper ${options.name} must renew at least twice within a lease's duration.`,
      );
    }
    this.outage = new Outage(options.log, {
      began: reason =>
        `${options.name}: leases can't be renewed (${reason}); work stops when they run out, and is taken up again later.`,
      ended: seconds => `${options.name}: leases can be renewed again after ${seconds} s.`,
    });
  }

  /** How many leases are held now. */
  get size(): number {
    return this.held.size;
  }

  /**
   * Keeps this lease until release(). `claimedAt`: `performance.now()` from before the claim was sent. A row that was held
   * under an older fence counts as lost for the older holder.
   */
  hold(lease: L, claimedAt: number = performance.now()): HeldLease<L> {
    const older = this.held.get(lease.id);
    if (older !== undefined) this.lose(older, 'it was claimed anew by this process');
    const entry: Entry<L> = {
      lease,
      controller: new AbortController(),
      deadline: claimedAt + this.options.duration,
    };
    this.held.set(lease.id, entry);
    this.armRenewal(this.options.every);
    this.armExpiry(entry.deadline);
    return { lease, signal: entry.controller.signal, release: () => this.drop(entry) };
  }

  /** Renews no more and aborts what is still held. */
  stop(): void {
    for (const entry of [...this.held.values()]) this.lose(entry, 'this process is stopping');
  }

  private drop(entry: Entry<L>): void {
    if (this.held.get(entry.lease.id) !== entry) return;
    this.held.delete(entry.lease.id);
    if (this.held.size > 0) return;
    clearTimeout(this.renewTimer);
    clearTimeout(this.expiryTimer);
    this.renewTimer = this.expiryTimer = undefined;
    this.expiryArmedFor = Infinity;
  }

  private lose(entry: Entry<L>, why: string): void {
    this.drop(entry);
    const { id } = entry.lease;
    entry.controller.abort(
      new LeaseLostError(id, `${this.options.name}: the lease of ${id} is lost: ${why}.`),
    );
  }

  private armRenewal(ms: number): void {
    if (this.renewing || this.renewTimer !== undefined || this.held.size === 0) return;
    this.renewTimer = setTimeout(() => {
      this.renewTimer = undefined;
      void this.renewAll();
    }, ms);
  }

  private async renewAll(): Promise<void> {
    this.renewing = true;
    const entries = [...this.held.values()];
    const sentAt = performance.now();
    let next: number;
    try {
      const lost = new Set(await this.answerOf(this.options.renew(entries.map(entry => entry.lease))));
      this.outage.recovered();
      for (const entry of entries) this.settle(entry, lost.has(entry.lease.id), sentAt);
      next = Math.max(0, this.options.every - (performance.now() - sentAt));
    } catch (error) {
      this.outage.failed(error);
      next = this.options.every / 5;
    }
    this.renewing = false;
    this.armRenewal(next);
  }

  private settle(entry: Entry<L>, lost: boolean, sentAt: number): void {
    if (this.held.get(entry.lease.id) !== entry) return;
    if (lost) this.lose(entry, 'another worker claimed the row or its state moved on');
    else entry.deadline = Math.max(entry.deadline, sentAt + this.options.duration);
  }

  /** A renewal that hangs (a network that swallows packets) must not hold up the next attempt. */
  private async answerOf(renewal: Promise<Iterable<string>>): Promise<Iterable<string>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const { every } = this.options;
      timer = setTimeout(() => reject(new Error(`no answer within ${every} ms`)), every);
    });
    return Promise.race([renewal, late]).finally(() => clearTimeout(timer));
  }

  /** One timer, set to the earliest deadline; renewals only move deadlines on, so it may ring early and is set again. */
  private armExpiry(deadline: number): void {
    if (deadline >= this.expiryArmedFor) return;
    clearTimeout(this.expiryTimer);
    this.expiryArmedFor = deadline;
    this.expiryTimer = setTimeout(() => this.expire(), Math.max(0, Math.ceil(deadline - performance.now())));
  }

  private expire(): void {
    const now = performance.now();
    const seconds = this.options.duration / 1000;
    this.expiryArmedFor = Infinity;
    for (const entry of [...this.held.values()]) {
      if (entry.deadline <= now) this.lose(entry, `it could not be renewed for ${seconds} s`);
    }
    for (const entry of this.held.values()) this.armExpiry(entry.deadline);
  }
}
