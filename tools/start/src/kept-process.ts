import { setTimeout as sleep } from 'node:timers/promises';
import { exitText, type Launched } from './launched.ts';
import { StartError, sentenceOf } from './start-error.ts';

export interface KeptProcessPlan {
  readonly name: string;
  readonly launch: () => Promise<Launched>;
  /** Resolves when the process does its work; the signal is aborted when it ended before. */
  readonly untilReady: (signal: AbortSignal) => Promise<void>;
  /** Resolves when a process that was ready hangs, and has to be ended; the signal is aborted when it ended by itself. */
  readonly untilSilent?: (signal: AbortSignal) => Promise<void>;
  /** Called just after each start, and after each end. */
  readonly onStart: (launched: Launched) => void;
  readonly onEnd: () => void;
  /** Called each time it has become ready. */
  readonly onReady: (launched: Launched) => void;
  /** Called when it can't go on: its configuration is wrong, or it must start and did not. */
  readonly onRefused: (refusal: Error) => void;
  readonly tell: (sentence: string) => void;
  /** True: when the first start fails, there is no second. */
  readonly mustStart: boolean;
  /** The pauses before it is started again, in milliseconds; the last one repeats. */
  readonly pausesMs?: readonly number[];
}

/** EX_CONFIG of sysexits.h: its configuration is wrong, and starting it again would not help. */
const configurationError = 78;
const defaultPausesMs = [200, 500, 1_000, 2_000, 5_000, 10_000];
/** A process that was ready for this long, in milliseconds, starts its pauses anew. */
const soundAfterMs = 30_000;

/** A process that is started again whenever it ends, until it is stopped. */
export class KeptProcess {
  readonly #stopping = new AbortController();
  #running: Launched | undefined;
  #life: Promise<void> | undefined;
  #failures = 0;

  constructor(private readonly plan: KeptProcessPlan) {}

  get name(): string {
    return this.plan.name;
  }

  /**
   * Starts it and keeps it. Resolves when it is ready for the first time; rejects with one sentence when its configuration
   * is wrong, when it was stopped meanwhile, or when it must start and does not.
   */
  keep(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#life = this.#live(resolve).then(
        () => reject(new StartError(`${this.name} was stopped.`)),
        (refusal: Error) => {
          reject(refusal);
          this.plan.onRefused(refusal);
        },
      );
    });
  }

  /** Ends it for good. Safe to call twice, and before it was kept. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#life;
  }

  async #live(firstReady: () => void): Promise<void> {
    const stopping = this.#stopping.signal;
    for (let everReady = false; !stopping.aborted;) {
      const began = performance.now();
      const { ready, reason } = await this.#once(firstReady);
      everReady ||= ready;
      if (stopping.aborted) return;
      if (this.plan.mustStart && !everReady) throw new StartError(reason);
      if (ready && performance.now() - began > soundAfterMs) this.#failures = 0;
      const pauses = this.plan.pausesMs ?? defaultPausesMs;
      const pause = pauses[Math.min(this.#failures, pauses.length - 1)] ?? 0;
      this.#failures += 1;
      this.plan.tell(`${reason} It is started again in ${pause / 1000} s.`);
      await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** One life of the process: whether it became ready, and why it ended. */
  async #once(firstReady: () => void): Promise<{ readonly ready: boolean; readonly reason: string }> {
    let launched: Launched;
    try {
      launched = await this.plan.launch();
    } catch (error) {
      return { ready: false, reason: sentenceOf(error) };
    }
    this.#running = launched;
    this.plan.onStart(launched);
    if (this.#stopping.signal.aborted) await launched.stop();
    const ended = new AbortController();
    let ready = false;
    const readiness = this.plan.untilReady(ended.signal).then(
      () => {
        if (ended.signal.aborted || this.#stopping.signal.aborted) return;
        ready = true;
        this.plan.onReady(launched);
        firstReady();
        void this.#endWhenSilent(launched, ended.signal);
      },
      (error: unknown) => {
        if (!ended.signal.aborted) this.plan.tell(sentenceOf(error));
      },
    );
    const exit = await launched.exited;
    ended.abort();
    await readiness;
    this.#running = undefined;
    this.plan.onEnd();
    const words = launched.lastWords();
    if (exit.code === configurationError && !this.#stopping.signal.aborted) {
      throw new StartError(words === '' ? `${this.name} refuses its configuration.` : words);
    }
    // One that was killed had no chance to say why; what it said before is about something else.
    const why = words === '' || exit.signal !== null ? '' : `: ${words.replace(/[.\s]*$/, '')}`;
    return { ready, reason: `${this.name} ended (${exitText(exit)})${why}.` };
  }

  async #endWhenSilent(launched: Launched, ended: AbortSignal): Promise<void> {
    try {
      await this.plan.untilSilent?.(ended);
    } catch (error) {
      if (!ended.aborted) this.plan.tell(sentenceOf(error));
      return;
    }
    if (this.plan.untilSilent === undefined || ended.aborted || this.#stopping.signal.aborted) return;
    this.plan.tell(`${this.name} runs, but has answered nothing for long: it is ended.`);
    await launched.stop();
  }
}
