import type { DestinationFixture } from '../destination-fixture.ts';
import { refusal, standsNothingBut, standsWhole, type DestinationRule } from '../destination-rule.ts';
import { contentOf, itemOf, noReport, parcelOf, someBytes, untilDone } from '../rule-content.ts';

async function arriveUnder(fixture: DestinationFixture, keys: readonly string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const bytes = someBytes(40 + index, index);
    await fixture.adapter.deliver(parcelOf(itemOf(key, contentOf(bytes))), noReport, untilDone());
    await standsWhole(fixture, key, bytes);
  }
  await standsNothingBut(fixture, ...keys);
}

export const nameRules: readonly DestinationRule[] = [
  {
    name: 'names are kept as they are',
    statement:
      'Unicode in either normal form, emoji, spaces, quotes and leading dots stand in the name as given.',
    check: fixture =>
      arriveUnder(fixture, [
        'Grüße aus Köln.mp4',
        'Cafe\u0301 2.mp4',
        '🎥 court 1.mp4',
        ' leading and trailing ',
        '.hidden',
        `it's "100%" [a]+#&?=;.txt`,
        '日本語.csv',
      ]),
  },
  {
    name: 'names of 250 characters pass',
    statement: 'A name of 250 characters arrives under that name; the temporary name does not add to it.',
    check: fixture => arriveUnder(fixture, [`${'n'.repeat(246)}.mp4`]),
  },
  {
    name: 'folders in the key are kept',
    statement: 'A key with folders arrives below those folders, whether they existed or not.',
    check: fixture =>
      arriveUnder(fixture, ['a/b/c/d/deep.bin', 'a/b/beside.bin', 'with space/ümlaut/file.bin']),
  },
  {
    name: 'a key that leads out is rejected',
    statement:
      'Absolute keys and keys with "..", "." or empty parts or a NUL are `rejected`, and nothing is written.',
    check: async fixture => {
      for (const key of [
        '../out.bin',
        'a/../../out.bin',
        'a/../b.bin',
        '/out.bin',
        'a//b.bin',
        './b',
        'a\0b',
      ]) {
        const delivery = fixture.adapter.deliver(
          parcelOf(itemOf(key, contentOf(someBytes(10)))),
          noReport,
          untilDone(),
        );
        await refusal(delivery, 'rejected');
      }
      await standsNothingBut(fixture);
    },
  },
];
