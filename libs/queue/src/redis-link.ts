import type { Queue } from 'bull';
import { Outage, reasonOf, type OutageLog } from './outage.ts';

/** An outage is over when nothing failed for this long: a Redis that restarts fails in several ways in a row. */
const quietMs = 1_000;

/** What this process knows of its Redis, over all queues. Says once when wake-ups fail and once when they work again. */
export class RedisLink {
  private readonly outage: Outage;
  private readonly queues = new Set<Queue>();
  private quietTimer: NodeJS.Timeout | undefined;
  private reason: string | undefined;

  constructor(log: OutageLog) {
    this.outage = new Outage(log, {
      began: reason =>
        `Wake-ups through Redis fail (${reason}). Nothing is lost: work is found by the sweep, a little later; check that Redis runs.`,
      ended: seconds => `Wake-ups through Redis work again after ${seconds} s.`,
    });
  }

  /** Why wake-ups fail now; undefined while they work. Never a reason to stop work. */
  get trouble(): string | undefined {
    return this.outage.lasts ? this.reason : undefined;
  }

  /** Watches a queue until it closes. Also keeps its 'error' events from ending the process. */
  watch(queue: Queue): void {
    this.queues.add(queue);
    queue.on('error', error => this.failed(error));
    queue.client.on('ready', () => this.armQuiet());
    queue.once('close', () => this.queues.delete(queue));
  }

  failed(error: unknown): void {
    this.reason = reasonOf(error);
    this.outage.failed(error);
    this.armQuiet();
  }

  /** Looks for the end of an outage after a quiet moment; not at all when there is none. */
  private armQuiet(): void {
    if (!this.outage.lasts) return;
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => void this.look(), quietMs).unref();
  }

  private async look(): Promise<void> {
    const clients = [...this.queues].map(queue => queue.client);
    if (clients.some(client => client.status !== 'ready')) return;
    const current = this.quietTimer;
    try {
      await Promise.all(clients.map(client => client.ping()));
      if (current === this.quietTimer) this.outage.recovered();
    } catch (error) {
      this.failed(error);
    }
  }
}
