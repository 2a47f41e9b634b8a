import { assetStates, failedStages } from '@waybill/domain';
import { assetRetryRefusal, deliveriesRetryRefusal, deliveryRetryRefusal } from './retry-refusals.ts';

const asset = { filename: 'a.mov', state: 'completed', failedStage: null, errorNextStep: null } as const;
const delivery = {
  destination: 'partner',
  path: 'a.mov',
  state: 'waiting',
  errorCode: 'unreachable',
  after: [],
  dueAt: new Date(),
  isDue: false,
} as const;

describe('a retry of an asset', () => {
  it.each(failedStages)('is possible from the stage that it failed in: %s', stage => {
    const failed = { ...asset, state: 'failed', failedStage: stage } as const;
    const possible = failedStages.filter(from => assetRetryRefusal(failed, from) === undefined);
    expect(possible).toEqual([stage]);
  });

  it.each(assetStates.filter(state => state !== 'failed'))(
    'is refused in the state %s, naming file and state',
    state => {
      const sentence = assetRetryRefusal({ ...asset, state }, 'receive');
      expect(sentence).toMatch(/^"a\.mov" .*\.$/);
      expect(sentence).toMatch(state === 'aborted_no_parts' ? /opens again by itself/ : new RegExp(state));
    },
  );

  it('of a quarantined one says what the row says to do', () => {
    const nextStep = 'Rename the file at the source.';
    expect(assetRetryRefusal({ ...asset, state: 'quarantined', errorNextStep: nextStep }, 'receive')).toBe(
      `"a.mov" is quarantined and can't be retried. ${nextStep}`,
    );
  });
});

describe('a retry of deliveries', () => {
  it('of an asset needs one failed one among those asked for', () => {
    const failed = { ...delivery, destination: 'archive', state: 'failed' } as const;
    expect(deliveriesRetryRefusal(asset, [delivery, failed], undefined)).toBeUndefined();
    expect(deliveriesRetryRefusal(asset, [delivery, failed], 'archive')).toBeUndefined();
    expect(deliveriesRetryRefusal(asset, [delivery, failed], 'partner')).toBe(
      '"a.mov" has no failed delivery to retry: the one to "partner" is waiting.',
    );
    expect(deliveriesRetryRefusal(asset, [], undefined)).toMatch(/its route has no destination/);
  });

  it('is possible for one that failed, was cancelled or waits out a trouble', () => {
    expect(deliveryRetryRefusal(asset, delivery)).toBeUndefined();
    expect(deliveryRetryRefusal(asset, { ...delivery, state: 'failed' })).toBeUndefined();
    expect(deliveryRetryRefusal(asset, { ...delivery, state: 'cancelled' })).toBeUndefined();
    expect(deliveryRetryRefusal(asset, { ...delivery, isDue: true })).toMatch(/is due/);
    expect(deliveryRetryRefusal(asset, { ...delivery, errorCode: null })).toMatch(/is due/);
  });
});
