import { Outage, reasonOf } from './outage.ts';

describe('reasonOf', () => {
  it("gives the database's own words without Prisma's sentence about its call", () => {
    const asThrown =
      '\nInvalid `prisma.$queryRaw()` invocation:\n\n\nRaw query failed. Code: `57P03`. Message: `the database system is starting up`';
    expect(reasonOf(new Error(asThrown))).toBe('the database system is starting up');
    const quoting =
      'Invalid `prisma.$executeRaw()` invocation: Raw query failed. Code: `42703`. Message: `column `x` is not there`';
    expect(reasonOf(new Error(quoting))).toBe('column `x` is not there');
  });

  it('gives one line of any error, and never nothing', () => {
    expect(reasonOf(new AggregateError([new Error('connect ECONNREFUSED ::1:1')], ''))).toBe(
      'connect ECONNREFUSED ::1:1',
    );
    expect(reasonOf(new Error('one\n two.'))).toBe('one two');
    expect(reasonOf(new TypeError(''))).toBe('TypeError');
    expect(reasonOf('gone')).toBe('gone');
    expect(reasonOf(new Error('x'.repeat(999)))).toHaveLength(300);
  });
});

describe('Outage', () => {
  it('is told of once, and once when it is over', () => {
    const lines: string[] = [];
    const say = (sentence: string): void => void lines.push(sentence);
    const outage = new Outage(
      { info: say, warn: say },
      { began: reason => `away (${reason})`, ended: () => 'back' },
    );
    outage.recovered();
    outage.failed(new Error('refused'));
    outage.failed(new Error('refused'));
    outage.recovered();
    outage.recovered();
    expect(lines).toEqual(['away (refused)', 'back']);
  });
});
