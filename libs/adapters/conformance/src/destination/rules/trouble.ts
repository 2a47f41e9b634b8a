import assert from 'node:assert/strict';
import { refusal, standsNothingBut, standsWhole, within, type DestinationRule } from '../destination-rule.ts';
import { contentOf, gated, itemOf, noReport, parcelOf, someBytes, untilDone } from '../rule-content.ts';

/** How soon after an abort everything has to be settled, milliseconds. */
const abortLimit = 2_000;

export const troubleRules: readonly DestinationRule[] = [
  {
    name: 'an abort settles soon and leaves nothing',
    statement:
      'Two seconds after its signal aborted, a delivery has rejected with an AdapterError and nothing is left.',
    check: async fixture => {
      const slow = gated(someBytes(fixture.largeSize));
      const stop = new AbortController();
      const delivery = fixture.adapter.deliver(
        parcelOf(itemOf('aborted.bin', slow.content)),
        noReport,
        stop.signal,
      );
      // Looked at below; until then a rejection is no accident.
      delivery.catch(() => undefined);
      try {
        await Promise.race([slow.halfTaken, delivery]);
        stop.abort(new Error('stop'));
        await refusal(within(abortLimit, 'the aborted delivery', delivery));
      } finally {
        slow.release();
      }
      await standsNothingBut(fixture);
    },
  },
  {
    name: 'a silent far end is not waited for without end',
    statement:
      'When the far end stops answering, a delivery rejects `unreachable` within the configured deadline.',
    check: async fixture => {
      const slow = gated(someBytes(fixture.largeSize));
      const item = itemOf('silent.bin', slow.content);
      const delivery = fixture.adapter.deliver(parcelOf(item), noReport, untilDone());
      delivery.catch(() => undefined);
      await Promise.race([slow.halfTaken, delivery]);
      fixture.trouble.silence();
      slow.release();
      await refusal(within(fixture.silenceLimit, 'the delivery', delivery), 'unreachable');
      fixture.trouble.heal();
      assert.equal(await fixture.read('silent.bin'), undefined);
    },
  },
  {
    name: 'an attempt after a lost connection leaves no litter',
    statement:
      'What an attempt had to leave behind when the far end fell silent is gone after the next attempt.',
    check: async fixture => {
      const bytes = someBytes(fixture.largeSize);
      const slow = gated(bytes);
      const first = itemOf('folder/resumed.bin', slow.content);
      const lost = fixture.adapter.deliver(parcelOf(first), noReport, untilDone());
      const settled = lost.catch(() => undefined);
      await Promise.race([slow.halfTaken, settled]);
      fixture.trouble.silence();
      slow.release();
      await within(fixture.silenceLimit * 2, 'the first attempt', settled);
      fixture.trouble.heal();
      const second = { ...first, fence: 2, content: contentOf(bytes) };
      await fixture.adapter.deliver(parcelOf(second), noReport, untilDone());
      await standsWhole(fixture, 'folder/resumed.bin', bytes);
      await standsNothingBut(fixture, 'folder/resumed.bin');
    },
  },
  {
    name: 'a lost answer is resolved',
    statement:
      'When the file stands and the answer that says so is lost, the delivery finds out and resolves.',
    check: async fixture => {
      for (const size of [50_000, fixture.largeSize]) {
        const bytes = someBytes(size);
        const key = `lost/${size}.bin`;
        fixture.trouble.loseAnswerWhen(async () => (await fixture.read(key)) !== undefined);
        const receipts = await fixture.adapter.deliver(
          parcelOf(itemOf(key, contentOf(bytes))),
          noReport,
          untilDone(),
        );
        assert.equal(receipts[0]?.outcome, 'delivered');
        await standsWhole(fixture, key, bytes);
        await standsNothingBut(fixture, ...new Set(['lost/50000.bin', key]));
      }
    },
  },
  {
    name: 'trouble is never told as absence',
    statement:
      'inspect() is undefined for a key that the far end says is free; when it cannot ask, it rejects.',
    check: async fixture => {
      const { adapter } = fixture;
      if (adapter.inspect === undefined) return;
      await fixture.put('there/is.bin', someBytes(77));
      assert.equal(await adapter.inspect('there/is-not.bin', untilDone()), undefined);
      assert.equal((await adapter.inspect('there/is.bin', untilDone()))?.size, 77);
      fixture.trouble.silence();
      try {
        await refusal(
          within(fixture.silenceLimit, 'inspect', adapter.inspect('there/is-not.bin', untilDone())),
          'unreachable',
        );
      } finally {
        fixture.trouble.heal();
      }
    },
  },
];
