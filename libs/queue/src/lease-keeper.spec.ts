import { jest } from '@jest/globals';
import { LeaseKeeper, type Lease } from './lease-keeper.ts';
import { LeaseLostError } from './lease-lost-error.ts';

const pause = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const lease = (id: string, fence = 1): Lease => ({ id, fence });

/** Rows in Postgres as the renewal statement sees them. */
class Rows {
  readonly renewals: string[][] = [];
  readonly lines: string[] = [];
  readonly lost = new Set<string>();
  away: 'refuses' | 'hangs' | undefined;
  attempts = 0;

  readonly keeper = new LeaseKeeper<Lease>({
    name: 'assets',
    every: 40,
    duration: 160,
    renew: async held => {
      this.attempts += 1;
      if (this.away === 'refuses') throw new Error('the database is away');
      if (this.away === 'hangs') await new Promise(() => undefined);
      this.renewals.push(held.map(({ id, fence }) => `${id}:${fence}`));
      return this.lost;
    },
    log: {
      info: line => this.lines.push(`info ${line}`),
      warn: line => this.lines.push(`warn ${line}`),
    },
  });
}

describe('LeaseKeeper', () => {
  let rows: Rows;
  beforeEach(() => {
    jest.useFakeTimers();
    rows = new Rows();
  });
  afterEach(() => {
    rows.keeper.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('renews all held leases with one statement an interval, and none after their release', async () => {
    const held = ['a', 'b', 'c'].map(id => rows.keeper.hold(lease(id)));
    await pause(60);
    expect(rows.renewals).toEqual([['a:1', 'b:1', 'c:1']]);
    held[1]?.release();
    held[1]?.release();
    await pause(40);
    expect(rows.renewals[1]).toEqual(['a:1', 'c:1']);
    held.forEach(each => each.release());
    const renewals = rows.renewals.length;
    await pause(100);
    expect(rows.renewals).toHaveLength(renewals);
    expect(held.map(each => each.signal.aborted)).toEqual([false, false, false]);
  });

  it('keeps leases far beyond their duration', async () => {
    const held = rows.keeper.hold(lease('a'));
    await pause(400);
    expect(held.signal.aborted).toBe(false);
    expect(rows.keeper.size).toBe(1);
  });

  it('aborts only the work whose lease is lost', async () => {
    const lost = rows.keeper.hold(lease('lost'));
    const kept = rows.keeper.hold(lease('kept'));
    rows.lost.add('lost');
    await pause(60);
    expect(lost.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(String(lost.signal.reason)).toMatch(/the lease of lost is lost: another worker/);
    expect(kept.signal.aborted).toBe(false);
    expect(rows.keeper.size).toBe(1);
  });

  it.each(['refuses', 'hangs'] as const)(
    'aborts held work when the lease has run out while the database %s, not before',
    async away => {
      rows.away = away;
      const held = rows.keeper.hold(lease('a'));
      await pause(130);
      expect(held.signal.aborted).toBe(false);
      expect(rows.attempts).toBeGreaterThanOrEqual(2);
      await pause(60);
      expect(String(held.signal.reason)).toMatch(/could not be renewed for 0\.16 s/);
      expect(rows.lines).toHaveLength(1);
      expect(rows.lines[0]).toMatch(/^warn assets: leases can't be renewed \(.+\); work stops/);
    },
  );

  it('repeats a failed renewal sooner, and goes on when the database is back', async () => {
    rows.away = 'refuses';
    const held = rows.keeper.hold(lease('a'));
    await pause(90);
    expect(rows.attempts).toBeGreaterThanOrEqual(3);
    rows.away = undefined;
    await pause(150);
    expect(held.signal.aborted).toBe(false);
    expect(rows.lines).toHaveLength(2);
    expect(rows.lines[1]).toMatch(/^info assets: leases can be renewed again/);
  });

  it('counts a lease from when it was claimed', async () => {
    rows.away = 'refuses';
    const early = rows.keeper.hold(lease('early'));
    const late = rows.keeper.hold(lease('late'), performance.now() - 130);
    await pause(60);
    expect(late.signal.aborted).toBe(true);
    expect(early.signal.aborted).toBe(false);
  });

  it('tells the older holder when this process claims the row anew, and keeps the newer', async () => {
    const older = rows.keeper.hold(lease('a', 1));
    const newer = rows.keeper.hold(lease('a', 2));
    expect(older.signal.aborted).toBe(true);
    older.release();
    await pause(60);
    expect(newer.signal.aborted).toBe(false);
    expect(rows.renewals).toEqual([['a:2']]);
  });

  it('aborts what is held when it stops, and leaves no timer behind', async () => {
    const held = rows.keeper.hold(lease('a'));
    rows.keeper.stop();
    expect(held.signal.aborted).toBe(true);
    await pause(60);
    expect(rows.attempts).toBe(0);
  });

  it('refuses an interval that would let leases run out', () => {
    expect(
      () => new LeaseKeeper({ name: 'x', every: 10, duration: 15, renew: async () => [], log: console }),
    ).toThrow(/renew at least twice/);
  });
});
