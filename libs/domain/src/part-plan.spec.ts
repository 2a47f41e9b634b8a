import {
  defaultPartSize,
  isSinglePut,
  maxBufferedPart,
  maxObjectSize,
  maxParts,
  mebibyte,
  minPartSize,
  partAt,
  partCount,
  partsOf,
  planCapacity,
  planParts,
} from './part-plan.ts';

const gibibyte = 1024 * mebibyte;
const tebibyte = 1024 * gibibyte;

describe('the part plan of a file of known size', () => {
  it.each([
    [0, 8 * mebibyte, 1],
    [1, 8 * mebibyte, 1],
    [8 * mebibyte, 8 * mebibyte, 1],
    [8 * mebibyte + 1, 8 * mebibyte, 2],
    [80_000 * mebibyte, 8 * mebibyte, 10_000],
    [80_000 * mebibyte + 1, 16 * mebibyte, 5_001],
    [640_000 * mebibyte, 64 * mebibyte, 10_000],
    [640_000 * mebibyte + 1, 128 * mebibyte, 5_001],
    [maxObjectSize, 5 * gibibyte, 10_000],
  ])('%d bytes: parts of %d bytes, %d of them', (size, partSize, count) => {
    const plan = planParts({ size });
    expect(plan).toEqual({ kind: 'uniform', partSize });
    expect(partCount(plan, size)).toBe(count);
  });

  it('holds no part above 64 MiB in memory until the size forces it', () => {
    expect(planParts({ size: maxParts * maxBufferedPart }).partSize).toBe(maxBufferedPart);
  });

  it('refuses what S3 cannot hold', () => {
    expect(() => planParts({ size: maxObjectSize + 1 })).toThrow('48.8 TiB');
    expect(() => planParts({ size: -1 })).toThrow(RangeError);
    expect(() => planParts({ size: 1, partSize: minPartSize - 1 })).toThrow('5 MiB');
  });
});

describe('the part plan of a file that may still grow', () => {
  const plan = planParts({ size: undefined });

  it('doubles its parts after every 1,000', () => {
    expect(partAt(plan, 1)).toEqual({ number: 1, offset: 0, size: defaultPartSize });
    expect(partAt(plan, 1_000).size).toBe(8 * mebibyte);
    expect(partAt(plan, 1_001)).toEqual({ number: 1_001, offset: 8_000 * mebibyte, size: 16 * mebibyte });
    expect(partAt(plan, 10_000).size).toBe(4 * gibibyte);
  });

  it('carries 7.8 TiB', () => {
    expect(planCapacity(plan)).toBe(8 * 1_000 * 1_023 * mebibyte);
    expect(planCapacity(plan) / tebibyte).toBeCloseTo(7.8, 1);
    expect(() => partCount(plan, planCapacity(plan) + 1)).toThrow(RangeError);
  });

  it('has neither gap nor overlap', () => {
    let end = 0;
    for (let number = 1; number <= maxParts; number += 1) {
      const part = partAt(plan, number);
      expect(part.offset).toBe(end);
      end = part.offset + part.size;
    }
  });

  it('counts the parts of what the file became', () => {
    for (const number of [1, 2, 999, 1_000, 1_001, 5_500, 10_000]) {
      const { offset, size } = partAt(plan, number);
      expect(partCount(plan, offset + 1)).toBe(number);
      expect(partCount(plan, offset + size)).toBe(number);
    }
  });

  it('refuses to start so large that a part would pass 5 GiB', () => {
    expect(planParts({ size: undefined, partSize: 10 * mebibyte }).kind).toBe('doubling');
    expect(() => planParts({ size: undefined, partSize: 11 * mebibyte })).toThrow('10 MiB or less');
  });

  it('keeps equal parts for stores that demand them', () => {
    const uniform = planParts({ size: undefined, uniformParts: true });
    expect(uniform).toEqual({ kind: 'uniform', partSize: 64 * mebibyte });
    expect(planCapacity(uniform) / gibibyte).toBe(625);
  });
});

describe('the parts of a file', () => {
  it('cover it exactly', () => {
    const size = 20 * mebibyte + 3;
    expect([...partsOf(planParts({ size }), size)]).toEqual([
      { number: 1, offset: 0, size: 8 * mebibyte },
      { number: 2, offset: 8 * mebibyte, size: 8 * mebibyte },
      { number: 3, offset: 16 * mebibyte, size: 4 * mebibyte + 3 },
    ]);
  });

  it('of an empty file are one of no bytes', () => {
    expect([...partsOf(planParts({ size: 0 }), 0)]).toEqual([{ number: 1, offset: 0, size: 0 }]);
  });

  it('survive being stored as JSON', () => {
    const plan = planParts({ size: undefined });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('are not needed when the file is no larger than one', () => {
    expect(isSinglePut(0, defaultPartSize)).toBe(true);
    expect(isSinglePut(defaultPartSize, defaultPartSize)).toBe(true);
    expect(isSinglePut(defaultPartSize + 1, defaultPartSize)).toBe(false);
  });

  it('are numbered 1 to 10,000', () => {
    expect(() => partAt(planParts({ size: 1 }), 0)).toThrow('1 to 10000');
    expect(() => partAt(planParts({ size: 1 }), 10_001)).toThrow('1 to 10000');
  });
});
