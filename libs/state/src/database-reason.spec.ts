import { databaseReason, throughDeadlocks } from './database-reason.ts';

const deadlock = () =>
  new Error(
    '\nInvalid `prisma.$queryRaw()` invocation:\n\n\nRaw query failed. Code: `40P01`. Message: `deadlock detected`',
  );

describe('what a failed statement is told as', () => {
  it('is the database’s own words', () => {
    expect(databaseReason(deadlock())).toBe('deadlock detected');
    expect(databaseReason(new Error("\nCan't reach database server at 127.0.0.1:1"))).toBe(
      "Can't reach database server at 127.0.0.1:1",
    );
    expect(databaseReason('odd')).toBe('odd');
  });

  it('is nothing where a second run goes through, and the error where none does', async () => {
    let runs = 0;
    const through = throughDeadlocks(async () => {
      runs += 1;
      if (runs < 3) throw deadlock();
      return 'done';
    });
    expect(await through).toBe('done');
    await expect(throughDeadlocks(() => Promise.reject(deadlock()))).rejects.toThrow('deadlock');
    const other = jestFn();
    await expect(throughDeadlocks(other.run)).rejects.toThrow('away');
    expect(other.calls()).toBe(1);
  });
});

function jestFn() {
  let count = 0;
  return {
    calls: () => count,
    run: () => {
      count += 1;
      return Promise.reject(new Error('away'));
    },
  };
}
