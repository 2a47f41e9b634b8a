import { assetStates, assetTransition, assetTransitions, type AssetTransition } from './asset-state.ts';
import { deliveryTransitions } from './delivery-state.ts';

const names = Object.keys(assetTransitions) as AssetTransition[];

describe('the transition table', () => {
  it('lets every state be reached and never leaves a proven object behind by an accident', () => {
    const reached = new Set(names.map(name => assetTransition(name).to));
    expect([...reached].sort()).toEqual([...assetStates].sort());
    const intoProven = names.filter(name => assetTransition(name).to === 's3_completed');
    expect(intoProven).toEqual(['proven', 'metadata-later', 'retry-metadata']);
  });

  it('names the stage of every failure, and only of failures', () => {
    for (const name of names) {
      const { to, failedStage } = assetTransition(name);
      expect([name, failedStage !== undefined]).toEqual([name, to === 'failed']);
    }
  });

  it('never moves a completed or cancelled asset', () => {
    const ends = names.filter(name =>
      assetTransition(name).from.some(state => state === 'completed' || state === 'cancelled'),
    );
    expect(ends).toEqual([]);
  });

  it('never takes a delivered delivery back', () => {
    const froms = Object.values(deliveryTransitions).flatMap(rule => [...rule.from] as string[]);
    expect(froms).not.toContain('delivered');
  });
});
