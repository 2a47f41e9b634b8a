/** Waits between attempts of a passing failure, in milliseconds: quick at first, at most a quarter of an hour. */
const pace = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 900_000] as const;

/**
 * How long to wait before the next attempt after `attempts` failed ones, in milliseconds. `jitter` in [0, 1) spreads
 * files that failed together over a fifth of the wait. A far side that named a time (`retryAfter`) gets at least that.
 */
export function retryWait(attempts: number, jitter: number, retryAfter = 0): number {
  const step = pace[Math.min(Math.max(attempts, 1), pace.length) - 1] ?? 900_000;
  return Math.max(Math.round(step * (1 + jitter / 5)), retryAfter);
}
