import Bull, { type Queue } from 'bull';
import { closeQueue } from './close-queue.ts';
import type { QueueOptions } from 'bull';
import type { RedisLink } from './redis-link.ts';
import type { AssetHint, WakeUp } from './wake-ups/wake-up.ts';

/** Calls within this time become one job. */
const gatherMs = 20;
/** An add that Redis has not answered by then counts as failed; it stays the only one under way. */
const answerMs = 1_000;

/**
 * The jobs of one queue. At most one add is under way, and none is made while a job still waits there: that job will be
 * taken after our commit and wakes as well as a new one, so an edge that is switched off gathers one job and not millions.
 */
export class WakeUpSender {
  private readonly queue: Queue<AssetHint>;
  private timer: NodeJS.Timeout | undefined;
  private hint: AssetHint | undefined;
  private sending: Promise<void> | undefined;

  constructor(
    private readonly wakeUp: WakeUp,
    options: QueueOptions,
    private readonly link: RedisLink,
  ) {
    this.queue = new Bull<AssetHint>(wakeUp.queue, options);
    link.watch(this.queue);
  }

  send(hint: AssetHint): void {
    this.hint = this.hint === undefined || this.hint.assetId === hint.assetId ? hint : {};
    if (this.sending === undefined) this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  /** Sends what is gathered if Redis answers soon, then ends the connection. */
  async close(): Promise<void> {
    if (this.timer !== undefined) this.flush();
    const patience = new Promise<void>(resolve => void setTimeout(resolve, 300).unref());
    await Promise.race([this.sending, patience]);
    this.hint = undefined;
    await closeQueue(this.queue);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const hint = this.hint;
    if (hint === undefined) return;
    this.hint = undefined;
    this.sending = this.add(hint).finally(() => {
      this.sending = undefined;
      if (this.hint !== undefined) this.timer = setTimeout(() => this.flush(), gatherMs);
    });
  }

  private async add(hint: AssetHint): Promise<void> {
    const late = setTimeout(() => this.link.failed(new Error(`no answer within ${answerMs} ms`)), answerMs);
    try {
      if ((await this.queue.getWaitingCount()) > 0) return;
      await this.queue.add(this.wakeUp.name, hint, {
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
      });
    } catch (error) {
      this.link.failed(error);
    } finally {
      clearTimeout(late);
    }
  }
}
