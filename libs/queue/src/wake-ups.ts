import type { BeforeApplicationShutdown } from '@nestjs/common';
import { queueOptions, type RedisPlace } from './queue-options.ts';
import type { OutageLog } from './outage.ts';
import type { RedisLink } from './redis-link.ts';
import { WakeUpSender } from './wake-up-sender.ts';
import { assetHint, type AssetHint, type WakeUp, type WakeUpName } from './wake-ups/wake-up.ts';

/** Sends wake-ups: after the commit, best effort. Losing one costs a second or two until the sweep, never a file. */
export class WakeUps implements BeforeApplicationShutdown {
  private readonly senders = new Map<string, WakeUpSender>();
  private readonly refused = new Set<WakeUpName>();
  private closed = false;

  constructor(
    private readonly place: RedisPlace,
    private readonly declared: readonly WakeUpName[],
    private readonly link: RedisLink,
    private readonly log: OutageLog,
  ) {}

  /** Why wake-ups fail now, one clause; undefined while they work. */
  get trouble(): string | undefined {
    return this.link.trouble;
  }

  /** For a readiness check that is not essential: throws one sentence while wake-ups fail. */
  check(): void {
    const { trouble } = this;
    if (trouble === undefined) return;
    throw new Error(
      `Wake-ups through Redis fail (${trouble}); work goes on by the sweep. Check that Redis runs`,
    );
  }

  /**
   * Returns at once and never throws; a burst becomes one job. A wake-up that this app's QueueModule doesn't declare in
   * `sends` is not sent, and the log says so once.
   */
  wake(wakeUp: WakeUp, hint: AssetHint = {}): void {
    if (this.closed) return;
    if (!this.declared.includes(wakeUp.name)) return this.refuse(wakeUp.name);
    const checked = assetHint.safeParse(hint);
    this.senderOf(wakeUp).send(checked.success ? checked.data : {});
  }

  /** Ends every connection within about two seconds. Repeatable. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.senders.values()].map(sender => sender.close()));
    this.senders.clear();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private senderOf(wakeUp: WakeUp): WakeUpSender {
    const known = this.senders.get(wakeUp.queue);
    if (known !== undefined) return known;
    const sender = new WakeUpSender(wakeUp, queueOptions(this.place), this.link);
    this.senders.set(wakeUp.queue, sender);
    return sender;
  }

  private refuse(name: WakeUpName): void {
    if (this.refused.has(name)) return;
    this.refused.add(name);
    this.log.warn(`The wake-up ${name} is not sent: add it to the "sends" of this app's QueueModule.`);
  }
}
