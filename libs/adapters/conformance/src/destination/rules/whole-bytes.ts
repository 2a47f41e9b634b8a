import assert from 'node:assert/strict';
import type { DestinationFixture } from '../destination-fixture.ts';
import { standsNothingBut, standsWhole, type DestinationRule } from '../destination-rule.ts';
import { contentOf, gated, itemOf, noReport, parcelOf, someBytes, untilDone } from '../rule-content.ts';

async function arrives(fixture: DestinationFixture, size: number): Promise<void> {
  const bytes = someBytes(size);
  await fixture.adapter.deliver(parcelOf(itemOf('whole.bin', contentOf(bytes))), noReport, untilDone());
  await standsWhole(fixture, 'whole.bin', bytes);
  await standsNothingBut(fixture, 'whole.bin');
}

export const wholeBytesRules: readonly DestinationRule[] = [
  {
    name: 'an empty file arrives',
    statement: 'A content of no bytes becomes a file of no bytes.',
    check: fixture => arrives(fixture, 0),
  },
  {
    name: 'a file of one byte arrives',
    statement: 'The smallest content that is not empty arrives as it is.',
    check: fixture => arrives(fixture, 1),
  },
  {
    name: 'a file of many chunks arrives',
    statement: 'A content longer than several chunks or parts arrives with every byte in its place.',
    check: fixture => arrives(fixture, fixture.largeSize),
  },
  {
    name: 'nothing is visible before the end',
    statement: 'While bytes are still on their way, there is no file under the key.',
    check: async fixture => {
      const bytes = someBytes(fixture.largeSize);
      const slow = gated(bytes);
      const delivery = fixture.adapter.deliver(
        parcelOf(itemOf('slow.bin', slow.content)),
        noReport,
        untilDone(),
      );
      try {
        await Promise.race([slow.halfTaken, delivery]);
        assert.equal(await fixture.read('slow.bin'), undefined, 'half a file is visible under the key');
      } finally {
        slow.release();
        await delivery;
      }
      await standsWhole(fixture, 'slow.bin', bytes);
    },
  },
  {
    name: 'two deliveries at once do not mix',
    statement: 'Parcels under way at the same time each arrive with their own bytes.',
    check: async fixture => {
      const [one, two] = [someBytes(200_000, 1), someBytes(150_000, 2)];
      const [slowOne, slowTwo] = [gated(one), gated(two)];
      const deliver = (key: string, slow: typeof slowOne) =>
        fixture.adapter.deliver(parcelOf(itemOf(key, slow.content)), noReport, untilDone());
      const both = Promise.allSettled([deliver('both/one.bin', slowOne), deliver('both/two.bin', slowTwo)]);
      await Promise.race([Promise.all([slowOne.halfTaken, slowTwo.halfTaken]), both]);
      slowTwo.release();
      slowOne.release();
      for (const settled of await both) if (settled.status === 'rejected') throw settled.reason;
      await standsWhole(fixture, 'both/one.bin', one);
      await standsWhole(fixture, 'both/two.bin', two);
      await standsNothingBut(fixture, 'both/one.bin', 'both/two.bin');
    },
  },
];
