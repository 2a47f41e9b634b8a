import { isDataFault } from './database-reason.ts';

interface Waiting<In, Out> {
  readonly item: In;
  resolve(out: Out): void;
  reject(error: unknown): void;
}

export interface SetWriterOptions {
  /** Milliseconds to wait for company before a statement is sent. Default 8: a worker that moves bytes for longer than that waits for nothing else. */
  readonly gatherMs?: number;
  /** Items of one statement at most. Default 500. */
  readonly limit?: number;
}

/**
 * Many workers, few statements: what is added while a statement is under way goes into the next one. Each caller gets its own
 * answer, after its statement was committed. A failed statement fails everyone in it, unless Postgres refused what one of
 * them brought: then the set is halved until only that one fails.
 */
export class SetWriter<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private running = false;
  private readonly gatherMs: number;
  private readonly limit: number;

  /** @param write one statement for the set; answers what each item gets */
  constructor(
    private readonly write: (items: readonly In[]) => Promise<(item: In) => Out>,
    options: SetWriterOptions = {},
  ) {
    this.gatherMs = options.gatherMs ?? 8;
    this.limit = options.limit ?? 500;
  }

  add(item: In): Promise<Out> {
    return new Promise<Out>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    await new Promise(resolve => setTimeout(resolve, this.gatherMs));
    while (this.waiting.length > 0) {
      await this.send(this.waiting.splice(0, this.limit));
    }
    this.running = false;
  }

  private async send(set: readonly Waiting<In, Out>[]): Promise<void> {
    let answer: (item: In) => Out;
    try {
      answer = await this.write(set.map(entry => entry.item));
    } catch (error) {
      if (set.length === 1 || !isDataFault(error)) {
        set.forEach(entry => entry.reject(error));
        return;
      }
      const middle = Math.ceil(set.length / 2);
      await this.send(set.slice(0, middle));
      await this.send(set.slice(middle));
      return;
    }
    for (const entry of set) {
      try {
        entry.resolve(answer(entry.item));
      } catch (error) {
        entry.reject(error);
      }
    }
  }
}
