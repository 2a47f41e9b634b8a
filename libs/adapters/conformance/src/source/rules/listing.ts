import assert from 'node:assert/strict';
import { refusal } from '../../destination/destination-rule.ts';
import { bytesOf, itemAt, listing, untilDone, type SourceRule } from '../source-rule.ts';

const sizes = (items: readonly { key: string; size: number }[]) =>
  items.map(({ key, size }) => `${key} ${size.toString()}`).sort();

export const listingRules: readonly SourceRule[] = [
  {
    name: 'every file is listed once, with its size',
    statement: 'A listing has each file that is there exactly once, with the bytes that can be read.',
    check: async ({ adapter, write }) => {
      assert.deepEqual(await listing(adapter), [], 'an empty source lists files');
      await write('one.bin', Buffer.alloc(5));
      await write('two.bin', Buffer.alloc(70_000));
      assert.deepEqual(sizes(await listing(adapter)), ['one.bin 5', 'two.bin 70000']);
    },
  },
  {
    name: 'an empty file is listed and opens',
    statement: 'A file of no bytes is a file.',
    check: async ({ adapter, write }) => {
      await write('empty', Buffer.alloc(0));
      const item = await itemAt(adapter, 'empty');
      assert.equal(item.size, 0);
      assert.equal((await bytesOf(adapter, item, { start: 0, end: 0 })).length, 0);
    },
  },
  {
    name: 'folders are walked to their end',
    statement: "A file's key is its path below the root, however deep.",
    check: async ({ adapter, write }) => {
      await write('a/b/c/d/deep.bin', Buffer.alloc(1));
      const keys = (await listing(adapter)).map(({ key }) => key);
      assert.ok(keys.includes('a/b/c/d/deep.bin'), `listed are ${keys.join(', ')}`);
    },
  },
  {
    name: 'a removed file is no longer listed',
    statement: 'A listing tells what is present now, not what was.',
    check: async ({ adapter, write, remove }) => {
      await write('gone.bin', Buffer.alloc(3));
      await listing(adapter);
      await remove('gone.bin');
      assert.equal(
        (await listing(adapter)).find(({ key }) => key === 'gone.bin'),
        undefined,
      );
    },
  },
  {
    name: 'two listings at once are both whole',
    statement: 'A listing that is under way takes nothing from another.',
    check: async ({ adapter, write }) => {
      await write('one.bin', Buffer.alloc(1));
      await write('two.bin', Buffer.alloc(1));
      const [first, second] = await Promise.all([listing(adapter), listing(adapter)]);
      const seen = [first, second].map(items => new Set(items.map(({ key }) => key)).size);
      assert.deepEqual(seen, [2, 2]);
    },
  },
  {
    name: 'a listing that cannot be complete rejects',
    statement: 'Where one folder cannot be read, there is an error, not a shorter listing.',
    check: async ({ adapter, write, breakFolder }) => {
      await write('fine.bin', Buffer.alloc(1));
      await listing(adapter);
      await breakFolder();
      await refusal(listing(adapter));
    },
  },
  {
    name: 'a source that is not there is not empty',
    statement: 'A missing root rejects the listing with `unreachable`.',
    check: async ({ adapter, write, hideRoot }) => {
      await write('there.bin', Buffer.alloc(1));
      await listing(adapter);
      await hideRoot();
      await refusal(listing(adapter), 'unreachable');
    },
  },
  {
    name: 'probe tells whether it can be listed',
    statement: 'probe() resolves at a source that is there, and rejects at one that is not.',
    check: async ({ adapter, hideRoot }) => {
      await adapter.probe(untilDone());
      await hideRoot();
      await refusal(adapter.probe(untilDone()), 'unreachable', 'unauthorized', 'rejected');
    },
  },
];
