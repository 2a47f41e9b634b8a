import { SetWriter } from './set-writer.ts';

describe('the set writer', () => {
  it('puts what comes together into one statement and answers each caller', async () => {
    const sets: number[][] = [];
    const writer = new SetWriter<number, string>(
      async items => {
        sets.push([...items]);
        await new Promise(resolve => setTimeout(resolve, 10));
        return item => `did ${item}`;
      },
      { gatherMs: 2 },
    );
    const first = [1, 2, 3].map(item => writer.add(item));
    await new Promise(resolve => setTimeout(resolve, 6));
    const second = [4, 5].map(item => writer.add(item));
    expect(await Promise.all([...first, ...second])).toEqual(['did 1', 'did 2', 'did 3', 'did 4', 'did 5']);
    expect(sets).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('fails those of a failed statement alone and goes on', async () => {
    let fail = true;
    const writer = new SetWriter<number, number>(async () => {
      if (fail) throw new Error('away');
      return item => item;
    });
    await expect(writer.add(1)).rejects.toThrow('away');
    fail = false;
    expect(await writer.add(2)).toBe(2);
  });

  it('never makes a set larger than its limit', async () => {
    const sizes: number[] = [];
    const writer = new SetWriter<number, number>(
      async items => {
        sizes.push(items.length);
        return item => item;
      },
      { limit: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5].map(item => writer.add(item)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  const refused = () =>
    new Error('Raw query failed. Code: `22P05`. Message: `unsupported Unicode escape sequence`');

  it('halves a set in which Postgres refuses one, until that one fails alone', async () => {
    const sets: number[][] = [];
    const writer = new SetWriter<number, number>(async items => {
      sets.push([...items]);
      if (items.includes(3)) throw refused();
      return item => item;
    });
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(item => writer.add(item)));
    expect(answers.map(answer => answer.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(sets).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]]);
  });

  it('does not repeat itself against a database that is away', async () => {
    let sent = 0;
    const writer = new SetWriter<number, number>(async () => {
      sent += 1;
      throw new Error('Raw query failed. Code: `57P01`. Message: `terminating connection`');
    });
    await Promise.allSettled([1, 2, 3].map(item => writer.add(item)));
    expect(sent).toBe(1);
  });

  it('fails only the one that has no answer', async () => {
    const writer = new SetWriter<number, number>(async () => item => {
      if (item === 1) throw new Error('no such row');
      return item;
    });
    const answers = await Promise.allSettled([1, 2].map(item => writer.add(item)));
    expect(answers.map(answer => answer.status)).toEqual(['rejected', 'fulfilled']);
  });
});
