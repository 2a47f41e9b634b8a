import type { DestinationFixture } from './destination-fixture.ts';
import { destinationRules } from './destination-rules.ts';

/** Longest that one rule may take at a real far end, milliseconds. */
const ruleTimeout = 60_000;

/** Runs every rule, each with a far end of its own. */
export function describeDestination(name: string, makeFixture: () => Promise<DestinationFixture>): void {
  describe(`${name} keeps the contract of a destination`, () => {
    for (const rule of destinationRules) {
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
