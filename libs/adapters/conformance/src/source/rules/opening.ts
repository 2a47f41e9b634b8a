import assert from 'node:assert/strict';
import { refusal } from '../../destination/destination-rule.ts';
import { someBytes } from '../../destination/rule-content.ts';
import { brokenStream, bytesOf, itemAt, untilDone, type SourceRule } from '../source-rule.ts';

export const openingRules: readonly SourceRule[] = [
  {
    name: 'open gives exactly the range',
    statement: 'The bytes from start up to, not including, end; as often as asked.',
    check: async ({ adapter, write, largeSize }) => {
      const bytes = someBytes(largeSize);
      await write('range.bin', bytes);
      const item = await itemAt(adapter, 'range.bin');
      const ranges = [
        [0, largeSize],
        [0, 1],
        [largeSize - 1, largeSize],
        [Math.floor(largeSize / 3), Math.floor(largeSize / 2)],
        [0, largeSize],
      ] as const;
      for (const [start, end] of ranges) {
        const got = await bytesOf(adapter, item, { start, end });
        const range = `[${start.toString()}, ${end.toString()})`;
        assert.ok(
          got.equals(bytes.subarray(start, end)),
          `${range} gave ${got.length.toString()} bytes, or others`,
        );
      }
    },
  },
  {
    name: 'an empty range is an empty stream',
    statement: 'A range of no bytes ends at once.',
    check: async ({ adapter, write }) => {
      await write('some.bin', Buffer.alloc(3));
      const item = await itemAt(adapter, 'some.bin');
      assert.equal((await bytesOf(adapter, item, { start: 2, end: 2 })).length, 0);
    },
  },
  {
    name: 'growth is no reason to refuse',
    statement: 'A range of an item that has grown since is opened as it was listed.',
    check: async ({ adapter, write, append }) => {
      await write('growing.bin', Buffer.from('first'));
      const item = await itemAt(adapter, 'growing.bin');
      await append('growing.bin', Buffer.from('-second'));
      assert.equal((await bytesOf(adapter, item, { start: 0, end: 5 })).toString(), 'first');
    },
  },
  {
    name: 'a replaced file is source-changed',
    statement: 'The bytes of another file are never given out for the one that was listed.',
    check: async ({ adapter, write, replace }) => {
      await write('table.csv', Buffer.from('one'));
      const item = await itemAt(adapter, 'table.csv');
      await replace('table.csv', Buffer.from('two'));
      await refusal(bytesOf(adapter, item, { start: 0, end: 3 }), 'source-changed');
    },
  },
  {
    name: 'a removed file is missing',
    statement: 'A file that is gone is told as `missing`.',
    check: async ({ adapter, write, remove }) => {
      await write('gone.bin', Buffer.alloc(3));
      const item = await itemAt(adapter, 'gone.bin');
      await remove('gone.bin');
      await refusal(bytesOf(adapter, item, { start: 0, end: 3 }), 'missing');
    },
  },
  {
    name: 'a file cut short while it is read fails its stream',
    statement: 'A stream that cannot give all of its range ends with an error, never as if it were whole.',
    check: async ({ adapter, write, truncate, largeSize }) => {
      await write('shrinking.bin', someBytes(largeSize));
      const item = await itemAt(adapter, 'shrinking.bin');
      const stream = await adapter.open(item, { start: 0, end: item.size }, untilDone());
      await truncate('shrinking.bin', 10);
      await refusal(brokenStream(stream), 'source-changed', 'missing');
    },
  },
];
