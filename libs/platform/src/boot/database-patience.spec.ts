import { waitForDatabase, type DatabaseWait } from './database-patience.ts';

const wait = (rest: Partial<DatabaseWait>): DatabaseWait & { readonly lines: string[] } => {
  const lines: string[] = [];
  return {
    app: 'delivery-service',
    check: async () => undefined,
    patience: 'exit',
    log: { info: line => lines.push(line), warn: line => lines.push(line) },
    signal: new AbortController().signal,
    limitMs: 100,
    everyMs: 10,
    lines,
    ...rest,
  };
};
const away = async (): Promise<void> => {
  throw new Error('connect ECONNREFUSED');
};

describe('waitForDatabase', () => {
  it('gives up after its limit, with a sentence for a cloud app', async () => {
    const options = wait({ check: away });
    const began = performance.now();
    await expect(waitForDatabase(options)).rejects.toThrow(
      'the database could not be reached for 0.1 s (connect ECONNREFUSED); check DATABASE_URL and that Postgres runs',
    );
    expect(performance.now() - began).toBeGreaterThan(70);
    expect(options.lines).toHaveLength(1);
  });

  it('gives up in time on a database that never answers', async () => {
    const began = performance.now();
    await expect(waitForDatabase(wait({ check: () => new Promise(() => undefined) }))).rejects.toThrow(
      /no answer/,
    );
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('waits beyond the limit for an edge', async () => {
    let looks = 0;
    const options = wait({
      patience: 'wait',
      limitMs: 20,
      check: async () => {
        looks += 1;
        if (looks < 8) await away();
      },
    });
    await waitForDatabase(options);
    expect(looks).toBe(8);
    expect(options.lines).toEqual([
      expect.stringContaining('waits for it'),
      expect.stringContaining('was reached'),
    ]);
  });

  it('passes a refusal on at once', async () => {
    const refusal = Object.assign(new Error('The schema is too old.'), { exitCode: 78 });
    await expect(
      waitForDatabase(wait({ patience: 'wait', check: () => Promise.reject(refusal) })),
    ).rejects.toBe(refusal);
  });

  it('ends when the app is stopped', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopping')), 30);
    await expect(
      waitForDatabase(wait({ patience: 'wait', check: away, signal: controller.signal })),
    ).rejects.toThrow();
  });
});
