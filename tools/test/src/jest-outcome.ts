import { z } from 'zod';
import type { Outcome } from './outcome.ts';

/** The part of Jest's `--json` report that counts. */
const report = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/**
 * Counts a run of Jest. A file that could not be run counts as one failed; so does a skipped test, for a test that lacks
 * something fails and never skips; so does a run that ended badly although no test failed, or left no report.
 */
export function jestOutcome(step: string, reportText: string | undefined, endedWell: boolean): Outcome {
  if (reportText === undefined) return { step, passed: 0, failed: 1, remark: 'Jest left no report' };
  const counts = report.parse(JSON.parse(reportText));
  const skipped = counts.numPendingTests + counts.numTodoTests;
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites + skipped;
  const passed = counts.numPassedTests;
  if (failed === 0 && !(counts.success && endedWell)) {
    return { step, passed, failed: 1, remark: 'no test failed, but Jest ended with an error' };
  }
  if (failed === 0 && passed === 0) return { step, passed, failed: 1, remark: 'no test was run' };
  if (skipped > 0)
    return { step, passed, failed, remark: `${String(skipped)} skipped: that counts as failed` };
  return { step, passed, failed };
}
