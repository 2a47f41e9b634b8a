import type { SourceFixture } from './source-fixture.ts';
import { sourceRules } from './source-rules.ts';

/** Longest that one rule may take at a real source, milliseconds. */
const ruleTimeout = 60_000;

/** Runs every rule, each with a source of its own. */
export function describeSource(name: string, makeFixture: () => Promise<SourceFixture>): void {
  describe(`${name} keeps the contract of a source`, () => {
    for (const rule of sourceRules) {
      it(
        rule.name,
        async () => {
          const fixture = await makeFixture();
          try {
            await rule.check(fixture);
          } finally {
            await fixture.adapter.close();
            await fixture.dispose();
          }
        },
        ruleTimeout,
      );
    }
  });
}
