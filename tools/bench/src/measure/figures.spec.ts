import { median, medianFigures } from './figures.ts';

describe('median', () => {
  it.each([
    [[5], 5],
    [[9, 1, 5], 5],
    [[10, 2], 6],
    [[4, 1, 3, 100], 3.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is an error, not a zero', () => {
    expect(() => median([])).toThrow('no median');
  });
});

describe('medianFigures', () => {
  it('takes each figure by itself, so that one slow run does not choose the others', () => {
    const runs = [
      { wall: 1, cpu: 30, peak: 200, more: { fromDrop: 7 } },
      { wall: 50, cpu: 10, peak: 100, more: { fromDrop: 60 } },
      { wall: 2, cpu: 20, peak: 900, more: {} },
    ];
    expect(medianFigures(runs)).toEqual({ wall: 2, cpu: 20, peak: 200, more: { fromDrop: 33.5 } });
  });
});
