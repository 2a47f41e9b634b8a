import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { closeQueue } from './close-queue.ts';
import type { OutageLog } from './outage.ts';
import type { RedisLink } from './redis-link.ts';
import { tameQueue } from './tame-queue.ts';
import type { WakeUpHandler, WakeUpHandlers } from './wake-up-handlers.ts';
import type { WakeUp } from './wake-ups/wake-up.ts';

/** A queue of this app and the wake-up that comes through it. */
export interface ListenedQueue {
  readonly wakeUp: WakeUp;
  readonly queue: Queue;
}

/** Takes jobs from Redis and calls the handlers. Begins when the app is up; refuses to begin when a handler is missing. */
export class WakeUpListener implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly complained = new Set<string>();

  constructor(
    private readonly listened: readonly ListenedQueue[],
    private readonly handlers: WakeUpHandlers,
    private readonly link: RedisLink,
    private readonly log: OutageLog,
  ) {}

  onApplicationBootstrap(): void {
    const ready = this.listened.map(each => ({ ...each, handler: this.handlers.of(each.wakeUp.name) }));
    for (const { wakeUp, queue, handler } of ready) this.listen(wakeUp, queue, handler);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.listened.map(({ queue }) => closeQueue(queue)));
  }

  private listen(wakeUp: WakeUp, queue: Queue, handler: WakeUpHandler): void {
    tameQueue(queue);
    this.link.watch(queue);
    queue.on('failed', (_, error) => this.complain(wakeUp, error));
    const running: Promise<unknown> = queue.process(wakeUp.name, 1, async job => {
      const payload = wakeUp.payload.safeParse(job.data);
      // A payload only hints: one that can't be read wakes all the same.
      handler(payload.success ? payload.data : {});
    });
    // It ends with the queue, and rejects when the queue is closed before Redis was ever reached.
    running.catch((error: unknown) => this.link.failed(error));
  }

  private complain(wakeUp: WakeUp, error: Error): void {
    const sentence = `A wake-up ${wakeUp.name} was not handled (${error.message}); work is found by the sweep.`;
    if (this.complained.has(sentence)) return;
    this.complained.add(sentence);
    this.log.warn(sentence, error);
  }
}
