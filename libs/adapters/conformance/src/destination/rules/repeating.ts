import assert from 'node:assert/strict';
import { refusal, standsNothingBut, standsWhole, type DestinationRule } from '../destination-rule.ts';
import { contentOf, gated, itemOf, noReport, parcelOf, someBytes, untilDone } from '../rule-content.ts';

export const repeatingRules: readonly DestinationRule[] = [
  {
    name: 'a repeat changes nothing',
    statement: 'Delivering again what was delivered: `already-present`, and the file is not written again.',
    check: async fixture => {
      const bytes = someBytes(100_000);
      const item = itemOf('twice.bin', contentOf(bytes));
      await fixture.adapter.deliver(parcelOf(item), noReport, untilDone());
      const before = await fixture.stamp('twice.bin');
      const receipts = await fixture.adapter.deliver(parcelOf({ ...item, fence: 2 }), noReport, untilDone());
      assert.equal(receipts[0]?.outcome, 'already-present');
      assert.equal(await fixture.stamp('twice.bin'), before, 'the file was written again');
      await standsWhole(fixture, 'twice.bin', bytes);
      await standsNothingBut(fixture, 'twice.bin');
    },
  },
  {
    name: 'other bytes are a conflict and are kept',
    statement: 'Another file under the key, longer or of the same size: `conflict`, and it stays as it is.',
    check: async fixture => {
      const ours = someBytes(5_000, 1);
      for (const theirs of [someBytes(5_000, 2), someBytes(7_000, 3)]) {
        const key = `taken/${theirs.length}.bin`;
        await fixture.put(key, theirs);
        await refusal(
          fixture.adapter.deliver(parcelOf(itemOf(key, contentOf(ours))), noReport, untilDone()),
          'conflict',
        );
        await standsWhole(fixture, key, theirs);
      }
      await standsNothingBut(fixture, 'taken/5000.bin', 'taken/7000.bin');
    },
  },
  {
    name: 'a late attempt does no harm',
    statement:
      'An attempt that was overtaken by one with a higher fence may succeed or fail; the file stays whole and no litter stays.',
    check: async fixture => {
      const bytes = someBytes(fixture.largeSize);
      const slow = gated(bytes);
      const late = itemOf('late.bin', slow.content);
      const overtaken = fixture.adapter.deliver(parcelOf(late), noReport, untilDone()).then(
        () => 'delivered',
        () => 'failed',
      );
      await Promise.race([slow.halfTaken, overtaken]);
      const newer = { ...late, fence: 2, content: contentOf(bytes) };
      await fixture.adapter.deliver(parcelOf(newer), noReport, untilDone());
      slow.release();
      await overtaken;
      await standsWhole(fixture, 'late.bin', bytes);
      await standsNothingBut(fixture, 'late.bin');
    },
  },
];
