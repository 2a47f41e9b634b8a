import { partSize } from './part-plan.ts';

const MiB = 1024 ** 2;

describe('the part size of an object', () => {
  it.each([
    [8 * MiB + 1, 8 * MiB],
    [10_000 * 8 * MiB, 8 * MiB],
    [10_000 * 8 * MiB + 1, 9 * MiB],
    [10_000 * 64 * MiB, 64 * MiB],
  ])('%d bytes go in parts of %d', (size, part) => {
    expect(partSize('there', size)).toBe(part);
    expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
  });

  it('a file that no plan holds is rejected', () => {
    expect(() => partSize('there', 10_000 * 64 * MiB + 1)).toThrow('is more than 10000 parts');
  });
});
