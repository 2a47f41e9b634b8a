import assert from 'node:assert/strict';
import { describeSource } from './describe-source.ts';
import { memorySourceFixture } from './reference/memory-fixture.ts';
import { sourceRogues, type SourceRogue } from './reference/rogues.ts';
import { sourceRules } from './source-rules.ts';

/** The names of the rules that a rogue fails. */
async function failedBy(rogue: SourceRogue): Promise<string[]> {
  const outcomes = sourceRules.map(async rule => {
    try {
      await rule.check(memorySourceFixture(rogue.make));
      return [];
    } catch {
      return [rule.name];
    }
  });
  return (await Promise.all(outcomes)).flat();
}

describeSource('the reference in memory', async () => memorySourceFixture());

describe('the rogues among sources', () => {
  it('are one for each rule', () => {
    assert.deepEqual(
      sourceRogues.map(rogue => rogue.breaks),
      sourceRules.map(rule => rule.name),
    );
  });

  it.each(sourceRogues)('fail their rule and no other: $breaks', async rogue => {
    expect(await failedBy(rogue)).toEqual([rogue.breaks]);
  });
});
