import { readRange } from './byte-range.ts';

describe('ranges', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=3-', { start: 3, end: 10 }],
    ['bytes=3-99', { start: 3, end: 10 }],
    ['bytes=-4', { start: 6, end: 10 }],
    ['bytes=-99', { start: 0, end: 10 }],
    ['bytes=5-3', undefined],
    ['bytes=0-1,3-4', undefined],
    ['chapters=1-2', undefined],
    [undefined, undefined],
  ])('%s of 10 bytes', (value, range) => {
    expect(readRange(value, 10)).toEqual(range);
  });

  it.each([
    ['bytes=10-', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-5', 0],
  ])('%s of %d bytes cannot be given', (value, size) => {
    expect(() => readRange(value, size)).toThrow('not satisfiable');
  });
});
