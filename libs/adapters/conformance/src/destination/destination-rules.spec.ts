import assert from 'node:assert/strict';
import { describeDestination } from './describe-destination.ts';
import { destinationRules } from './destination-rules.ts';
import { memoryFixture } from './reference/memory-fixture.ts';
import { destinationRogues, type Rogue } from './reference/rogues.ts';

/** The names of the rules that a rogue fails. */
async function failedBy(rogue: Rogue): Promise<string[]> {
  const outcomes = destinationRules.map(async rule => {
    const fixture = memoryFixture(rogue.make);
    try {
      await rule.check(fixture);
      return [];
    } catch {
      return [rule.name];
    } finally {
      await fixture.adapter.close();
    }
  });
  return (await Promise.all(outcomes)).flat();
}

describeDestination('the reference in memory', async () => memoryFixture());

describe('the rogues among destinations', () => {
  it('are one for each rule', () => {
    assert.deepEqual(
      destinationRogues.map(rogue => rogue.breaks),
      destinationRules.map(rule => rule.name),
    );
  });

  it.each(destinationRogues)('fail their rule and no other: $breaks', async rogue => {
    expect(await failedBy(rogue)).toEqual([rogue.breaks]);
  });
});
