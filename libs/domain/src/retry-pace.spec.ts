import { retryWait } from './retry-pace.ts';

describe('the pace of retries', () => {
  it('grows, stays under a fifth above a quarter of an hour, and honours the far side', () => {
    const waits = [1, 2, 3, 5, 9, 500].map(attempts => retryWait(attempts, 0));
    expect(waits).toEqual([1_000, 2_000, 5_000, 30_000, 900_000, 900_000]);
    expect(retryWait(500, 0.99)).toBeLessThan(1_080_001);
    expect(retryWait(1, 0, 45_000)).toBe(45_000);
  });
});
