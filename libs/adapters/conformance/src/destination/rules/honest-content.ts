import assert from 'node:assert/strict';
import type { Content } from '@waybill/contract';
import type { DestinationFixture } from '../destination-fixture.ts';
import { refusal, standsNothingBut, standsWhole, type DestinationRule } from '../destination-rule.ts';
import {
  contentOf,
  endingEarly,
  failingHalfway,
  itemOf,
  lyingAboutDigest,
  noReport,
  parcelOf,
  someBytes,
  untilDone,
} from '../rule-content.ts';

async function refuses(fixture: DestinationFixture, make: (bytes: Buffer) => Content): Promise<void> {
  for (const size of [300_000, fixture.largeSize]) {
    const item = itemOf(`bad-${size}.bin`, make(someBytes(size)));
    await refusal(
      fixture.adapter.deliver(parcelOf(item), noReport, untilDone()),
      'content-failed',
      'content-mismatch',
    );
    assert.equal(await fixture.read(item.key), undefined, `${item.key} appeared all the same`);
  }
}

export const honestContentRules: readonly DestinationRule[] = [
  {
    name: 'a content that ends early does not appear',
    statement: 'Fewer bytes than the content says: `content-failed` or `content-mismatch`, and no file.',
    check: fixture => refuses(fixture, endingEarly),
  },
  {
    name: 'a content with another digest does not appear',
    statement: 'Bytes whose SHA-256 is not the content’s: `content-mismatch`, and no file.',
    check: fixture => refuses(fixture, lyingAboutDigest),
  },
  {
    name: 'a content that breaks does not appear',
    statement: 'A stream that fails halfway: its error, and no file.',
    check: fixture => refuses(fixture, failingHalfway),
  },
  {
    name: 'a failed attempt leaves no litter',
    statement:
      'After a failure with the far end in reach there is no temporary file and no unfinished upload.',
    check: async fixture => {
      for (const size of [300_000, fixture.largeSize]) {
        const item = itemOf('litter/bad.bin', failingHalfway(someBytes(size)));
        await refusal(fixture.adapter.deliver(parcelOf(item), noReport, untilDone()));
        await standsNothingBut(fixture);
      }
    },
  },
  {
    name: 'an attempt after a failed one succeeds',
    statement: 'The same delivery with a higher fence and a sound content arrives.',
    check: async fixture => {
      const bytes = someBytes(300_000);
      const first = itemOf('again.bin', failingHalfway(bytes));
      await refusal(fixture.adapter.deliver(parcelOf(first), noReport, untilDone()));
      const second = { ...first, fence: 2, content: contentOf(bytes) };
      const receipts = await fixture.adapter.deliver(parcelOf(second), noReport, untilDone());
      assert.equal(receipts[0]?.outcome, 'delivered');
      await standsWhole(fixture, 'again.bin', bytes);
    },
  },
];
