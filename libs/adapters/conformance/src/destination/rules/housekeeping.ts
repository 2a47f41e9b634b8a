import assert from 'node:assert/strict';
import { proofLevels } from '@waybill/contract';
import { standsNothingBut, type DestinationRule } from '../destination-rule.ts';
import { contentOf, itemOf, noReport, parcelOf, someBytes, untilDone } from '../rule-content.ts';

export const housekeepingRules: readonly DestinationRule[] = [
  {
    name: 'receipts come in order and with proof',
    statement:
      'One receipt an item, in the order of the parcel, each with key, size, level of proof and evidence.',
    check: async fixture => {
      const items = [3, 1, 2].map(n => itemOf(`parcel/${n}.bin`, contentOf(someBytes(n * 1_000, n))));
      const receipts = await fixture.adapter.deliver(parcelOf(...items), noReport, untilDone());
      assert.deepEqual(
        receipts.map(({ deliveryId, key, size }) => ({ deliveryId, key, size })),
        items.map(({ deliveryId, key, content }) => ({ deliveryId, key, size: content.size })),
      );
      for (const receipt of receipts) {
        assert.ok(proofLevels.includes(receipt.proofLevel));
        assert.ok(Object.keys(receipt.evidence).length > 0, 'a receipt without evidence');
      }
    },
  },
  {
    name: 'progress grows to the size',
    statement: 'Reported bytes never fall, never pass the size, and reach it.',
    check: async fixture => {
      const item = itemOf('progress.bin', contentOf(someBytes(fixture.largeSize)));
      const seen: number[] = [];
      await fixture.adapter.deliver(
        parcelOf(item),
        (id, bytes) => {
          assert.equal(id, item.deliveryId);
          seen.push(bytes);
        },
        untilDone(),
      );
      assert.deepEqual(
        seen,
        [...seen].sort((a, b) => a - b),
        'progress fell',
      );
      assert.equal(seen.at(-1), item.content.size);
    },
  },
  {
    name: 'probe leaves nothing',
    statement: 'probe() resolves at a sound far end, and nothing of it stays there.',
    check: async fixture => {
      await fixture.adapter.probe(untilDone());
      await standsNothingBut(fixture);
    },
  },
  {
    name: 'close ends every connection',
    statement: 'After close() no connection is open; a second close() does no harm.',
    check: async fixture => {
      const item = itemOf('closed.bin', contentOf(someBytes(10)));
      await fixture.adapter.deliver(parcelOf(item), noReport, untilDone());
      await fixture.adapter.close();
      await fixture.adapter.close();
      const patience = performance.now() + 2_000;
      while (fixture.trouble.connections() > 0 && performance.now() < patience) {
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      assert.equal(fixture.trouble.connections(), 0, 'connections that are still open');
    },
  },
];
