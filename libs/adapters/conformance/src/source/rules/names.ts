import assert from 'node:assert/strict';
import { bytesOf, itemAt, listing, type SourceRule } from '../source-rule.ts';
import type { SourceFixture } from '../source-fixture.ts';

/** Listed under its very name, and opened by it. */
async function passes({ adapter, write }: SourceFixture, keys: readonly string[]): Promise<void> {
  for (const key of keys) await write(key, Buffer.from(key));
  for (const key of keys) {
    const item = await itemAt(adapter, key);
    assert.equal(item.refused, undefined, `${key} is refused`);
    const bytes = await bytesOf(adapter, item, { start: 0, end: item.size });
    assert.equal(bytes.toString(), key, `${key} opened another file`);
  }
}

export const nameRules: readonly SourceRule[] = [
  {
    name: 'names are kept as they are',
    statement: 'Spaces, umlauts in both of their forms, emoji and signs are listed and opened unchanged.',
    check: fixture =>
      passes(fixture, [
        'with two  spaces .bin',
        'J\u00fcrgen.bin',
        'Ju\u0308rgen 2.bin',
        'match 🎾🏆.bin',
        'a+b&c=%20#?;\'"\\*[1]{2}.bin',
        'mit ü/und ö.bin',
      ]),
  },
  {
    name: 'names with a leading dot are taken',
    statement: 'A dotfile is a file like any other.',
    check: fixture => passes(fixture, ['.hidden', '.folder/.env']),
  },
  {
    name: 'names of 250 characters pass',
    statement: 'A long name is neither cut nor left out.',
    check: fixture => passes(fixture, [`${'n'.repeat(246)}.bin`]),
  },
  {
    name: 'a name that is not UTF-8 is refused, not dropped',
    statement: 'What can be no key is listed with the reason, so that a person can see it.',
    check: async ({ adapter, writeUnreadableName }) => {
      if (writeUnreadableName === undefined) return;
      await writeUnreadableName(Buffer.alloc(9));
      const refused = (await listing(adapter)).filter(item => item.refused !== undefined);
      assert.equal(refused.length, 1, 'the file is not listed as refused');
      assert.equal(refused[0]?.size, 9);
      assert.ok(
        refused[0].key.isWellFormed() && !refused[0].key.includes('\uFFFD'),
        'its key cannot be shown',
      );
    },
  },
];
