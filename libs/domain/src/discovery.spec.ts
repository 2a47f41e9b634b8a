import { discover, type KnownAsset } from './discovery.ts';

const known = (over: Partial<KnownAsset>): KnownAsset => ({
  generation: 3,
  state: 'discovered',
  revision: 'r1',
  verdictRevision: null,
  ...over,
});

describe('what a listed file means', () => {
  it('opens generation 1 for an identity never seen', () => {
    expect(discover(undefined, { revision: 'r1', size: 0 })).toEqual({ is: 'new', generation: 1 });
  });

  it('takes a moved revision of an open asset as growth', () => {
    expect(discover(known({}), { revision: 'r1', size: 5 })).toEqual({ is: 'known' });
    expect(discover(known({}), { revision: 'r2', size: 9 })).toEqual({ is: 'moved' });
  });

  it('leaves a file alone while it is read', () => {
    expect(discover(known({ state: 'receiving' }), { revision: 'r2', size: 9 })).toEqual({ is: 'known' });
  });

  it.each(['pending_completion', 's3_completed', 'completed', 'failed', 'quarantined', 'cancelled'] as const)(
    'opens the next generation when a %s file shows another revision than its verdict',
    state => {
      const asset = known({ state, verdictRevision: 'r1', revision: 'r1' });
      expect(discover(asset, { revision: 'r1', size: 5 })).toEqual({ is: 'known' });
      expect(discover(asset, { revision: 'r2', size: 9 })).toEqual({ is: 'new', generation: 4 });
    },
  );

  it('reopens a stream that had no data once it has bytes', () => {
    expect(discover(known({ state: 'aborted_no_parts' }), { revision: 'r1', size: 0 })).toEqual({
      is: 'known',
    });
    expect(discover(known({ state: 'aborted_no_parts' }), { revision: 'r2', size: 1 })).toEqual({
      is: 'reopened',
    });
  });
});
