import { setTimeout as pause } from 'node:timers/promises';
import { ClaimLoop, type ClaimLoopOptions } from './claim-loop.ts';

/** A table of due numbers, claimed as the loop asks for them; remembers every limit it was asked with. */
class DueNumbers {
  readonly limits: number[] = [];
  readonly lines: string[] = [];
  readonly errors: { readonly error: unknown; readonly items: readonly number[] }[] = [];
  away: Error | undefined;
  attempts = 0;

  constructor(public due: number[] = []) {}

  readonly claim = async (limit: number): Promise<readonly number[]> => {
    this.attempts += 1;
    if (this.away !== undefined) throw this.away;
    this.limits.push(limit);
    return this.due.splice(0, limit);
  };

  options(): Omit<ClaimLoopOptions<number>, 'work' | 'workBatch'> {
    return {
      name: 'numbers',
      concurrency: 4,
      batch: 4,
      claim: this.claim,
      sweepEvery: 60_000,
      onError: (error, items) => this.errors.push({ error, items }),
      log: {
        info: line => this.lines.push(`info ${line}`),
        warn: line => this.lines.push(`warn ${line}`),
      },
    };
  }
}

const until = async (condition: () => boolean, ms = 2_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error('this did not come true in time');
    await pause(2);
  }
};
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('ClaimLoop', () => {
  it('works on everything that is due, each once, never on more than its slots', async () => {
    const table = new DueNumbers(range(50));
    const done: number[] = [];
    let most = 0;
    const loop = new ClaimLoop<number>({
      ...table.options(),
      work: async item => {
        most = Math.max(most, loop.busy);
        await pause(1);
        done.push(item);
      },
    });
    loop.start();
    await until(() => done.length === 50);
    await loop.stop(100);
    expect(done.toSorted((a, b) => a - b)).toEqual(range(50));
    expect(most).toBe(4);
    expect(Math.max(...table.limits)).toBe(4);
    expect(Math.min(...table.limits)).toBeGreaterThanOrEqual(2);
  });

  it('sleeps when nothing is due, and works at once when woken', async () => {
    const table = new DueNumbers();
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      work: async item => void done.push(item),
    });
    loop.start();
    await pause(30);
    expect(table.limits).toHaveLength(1);
    table.due.push(7);
    for (let i = 0; i < 1_000; i += 1) loop.wake();
    await until(() => done.length === 1, 200);
    await pause(10);
    expect(table.limits.length).toBeLessThanOrEqual(4);
    await loop.stop(100);
  });

  it('finds work by its sweep when nobody wakes it', async () => {
    const table = new DueNumbers();
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      sweepEvery: 40,
      work: async item => void done.push(item),
    });
    loop.start();
    await pause(10);
    table.due.push(1);
    await until(() => done.length === 1, 500);
    await loop.stop(100);
  });

  it('does not miss a wake-up that comes while a claim is under way', async () => {
    const table = new DueNumbers();
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      claim: async limit => {
        const found = await table.claim(limit);
        if (table.attempts === 1) {
          table.due.push(1);
          loop.wake();
        }
        await pause(5);
        return found;
      },
      work: async item => void done.push(item),
    });
    loop.start();
    await until(() => done.length === 1, 500);
    await loop.stop(100);
  });

  it('keeps filling the slots that long works leave free', async () => {
    const table = new DueNumbers(range(20));
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      work: async (item, signal) => {
        if (item < 3) await pause(60_000, undefined, { signal });
        done.push(item);
      },
    });
    loop.start();
    await until(() => done.length === 17);
    expect(loop.busy).toBe(3);
    await loop.stop(0);
  });

  it('lives through an outage of its claims with one line at each end', async () => {
    const table = new DueNumbers([1]);
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      work: async item => void done.push(item),
    });
    table.away = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    loop.start();
    await until(() => table.attempts === 3);
    expect(loop.cutOff).toBe(true);
    table.away = undefined;
    await until(() => done.length === 1);
    expect(loop.cutOff).toBe(false);
    expect(table.lines).toEqual([
      "warn numbers: due work can't be claimed (connect ECONNREFUSED 127.0.0.1:5432); this is tried again by itself until it succeeds.",
      expect.stringMatching(/^info numbers: due work can be claimed again after \d+ s\.$/),
    ]);
    await loop.stop(100);
  });

  it('does not let wake-ups shorten the back-off of failing claims', async () => {
    const table = new DueNumbers();
    table.away = new Error('away');
    const loop = new ClaimLoop<number>({ ...table.options(), work: async () => undefined });
    loop.start();
    const end = performance.now() + 250;
    while (performance.now() < end) {
      loop.wake();
      await pause(1);
    }
    expect(table.attempts).toBeLessThanOrEqual(3);
    await loop.stop(0);
  });

  it('hands on what a work rejects with or throws, and goes on', async () => {
    const table = new DueNumbers([1, 2, 3]);
    const done: number[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      concurrency: 1,
      onError: (error, items) => {
        table.errors.push({ error, items });
        throw new Error('the log is broken too');
      },
      work: item => {
        if (item === 1) throw new Error('thrown');
        if (item === 2) return Promise.reject(new Error('rejected'));
        done.push(item);
        return Promise.resolve();
      },
    });
    loop.start();
    await until(() => done.length === 1);
    expect(table.errors).toEqual([
      { error: new Error('thrown'), items: [1] },
      { error: new Error('rejected'), items: [2] },
    ]);
    await loop.stop(100);
  });

  it('works on claimed sets as one', async () => {
    const table = new DueNumbers(range(10));
    const sets: (readonly number[])[] = [];
    const loop = new ClaimLoop<number>({
      ...table.options(),
      concurrency: 1,
      workBatch: async items => void sets.push(items),
    });
    loop.start();
    await until(() => sets.flat().length === 10);
    expect(sets.map(set => set.length)).toEqual([4, 4, 2]);
    await loop.stop(100);
  });

  describe('stop', () => {
    it('lets work end within the grace and claims no more', async () => {
      const table = new DueNumbers(range(8));
      const done: number[] = [];
      const loop = new ClaimLoop<number>({
        ...table.options(),
        work: async item => {
          await pause(40);
          done.push(item);
        },
      });
      loop.start();
      await until(() => loop.busy === 4);
      await loop.stop(1_000);
      expect(done).toEqual([0, 1, 2, 3]);
      expect(table.due).toEqual([4, 5, 6, 7]);
      expect(() => loop.start()).toThrow(/stopped/);
    });

    it('aborts what outlasts the grace and waits until it has settled', async () => {
      const table = new DueNumbers([1]);
      let tidied = false;
      const loop = new ClaimLoop<number>({
        ...table.options(),
        work: async (_, signal) => {
          await new Promise(resolve => signal.addEventListener('abort', resolve));
          await pause(20);
          tidied = true;
          throw signal.reason;
        },
      });
      loop.start();
      await until(() => loop.busy === 1);
      const began = performance.now();
      await loop.stop(50);
      expect(performance.now() - began).toBeGreaterThan(60);
      expect(tidied).toBe(true);
      expect(String(table.errors[0]?.error)).toMatch(/is stopping/);
    });

    it('gives back what a claim under way still brings', async () => {
      const table = new DueNumbers([1, 2]);
      const givenBack: number[] = [];
      const loop = new ClaimLoop<number>({
        ...table.options(),
        claim: async limit => {
          await pause(30);
          return table.claim(limit);
        },
        giveBack: async items => void givenBack.push(...items),
        work: async () => expect('work').toBe('never begun'),
      });
      loop.start();
      await pause(5);
      await loop.stop(1_000);
      expect(givenBack).toEqual([1, 2]);
      expect(table.errors).toEqual([]);
    });

    it('ends at once when idle, cut off, or never started', async () => {
      const idle = new ClaimLoop<number>({ ...new DueNumbers().options(), work: async () => undefined });
      idle.start();
      const cutOff = new DueNumbers();
      cutOff.away = new Error('away');
      const away = new ClaimLoop<number>({ ...cutOff.options(), work: async () => undefined });
      away.start();
      const fresh = new ClaimLoop<number>({ ...new DueNumbers().options(), work: async () => undefined });
      await pause(20);
      const began = performance.now();
      await Promise.all([idle.stop(5_000), away.stop(5_000), fresh.stop(5_000)]);
      expect(performance.now() - began).toBeLessThan(500);
    });
  });
});
