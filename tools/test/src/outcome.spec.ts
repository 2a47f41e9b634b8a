import { jestOutcome } from './jest-outcome.ts';
import { isGreen, summary, verdict } from './outcome.ts';

const report = (counts: Record<string, unknown>): string =>
  JSON.stringify({
    success: true,
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    ...counts,
  });

describe('the count of npm test', () => {
  it('sums all steps in its very last line', () => {
    const outcomes = [
      verdict('lint', true),
      verdict('types', false),
      { step: 'spec', passed: 40, failed: 2 },
    ];
    expect(summary(outcomes).split('\n').at(-1)).toBe('41 passed, 3 failed');
    expect(isGreen(outcomes)).toBe(false);
  });

  it('is green only when something ran and nothing failed', () => {
    expect(isGreen([])).toBe(false);
    expect(isGreen([verdict('lint', true)])).toBe(true);
  });
});

describe('the count of a Jest run', () => {
  const cases: [string, string | undefined, boolean, { passed: number; failed: number }][] = [
    ['passed tests', report({ numPassedTests: 3 }), true, { passed: 3, failed: 0 }],
    [
      'failed tests',
      report({ numPassedTests: 3, numFailedTests: 2, success: false }),
      false,
      { passed: 3, failed: 2 },
    ],
    [
      'a file that does not run',
      report({ numPassedTests: 3, numRuntimeErrorTestSuites: 1, success: false }),
      false,
      { passed: 3, failed: 1 },
    ],
    ['a skipped test', report({ numPassedTests: 3, numPendingTests: 1 }), true, { passed: 3, failed: 1 }],
    ['a planned test', report({ numPassedTests: 3, numTodoTests: 1 }), true, { passed: 3, failed: 1 }],
    ['a crash after the tests', report({ numPassedTests: 3 }), false, { passed: 3, failed: 1 }],
    ['a crash before the report', undefined, false, { passed: 0, failed: 1 }],
    ['no tests at all', report({}), true, { passed: 0, failed: 1 }],
  ];
  it.each(cases)('%s', (_name, text, endedWell, expected) => {
    expect(jestOutcome('int', text, endedWell)).toMatchObject(expected);
  });
});
