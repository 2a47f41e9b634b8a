/** What one step of `npm test` came to. */
export interface Outcome {
  readonly step: string;
  readonly passed: number;
  readonly failed: number;
  /** Why a step failed where its own output doesn't say it. */
  readonly remark?: string;
}

/** A step that is one check: it passed, or it failed. */
export const verdict = (step: string, ok: boolean, remark?: string): Outcome => ({
  step,
  passed: ok ? 1 : 0,
  failed: ok ? 0 : 1,
  ...(remark === undefined ? {} : { remark }),
});

/** One line a step and, as the last line, `N passed, N failed` over all of them. */
export function summary(outcomes: readonly Outcome[]): string {
  const width = Math.max(0, ...outcomes.map(({ step }) => step.length));
  const lines = outcomes.map(({ step, passed, failed, remark }) =>
    [
      failed === 0 ? 'passed' : 'FAILED',
      step.padEnd(width),
      `${String(passed)} passed, ${String(failed)} failed`,
      ...(remark === undefined ? [] : [`(${remark})`]),
    ].join('  '),
  );
  const total = (key: 'passed' | 'failed') => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  return [...lines, '', `${String(total('passed'))} passed, ${String(total('failed'))} failed`].join('\n');
}

/** Whether the run as a whole may be called green: something passed and nothing failed. */
export const isGreen = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(({ passed }) => passed > 0) && outcomes.every(({ failed }) => failed === 0);
