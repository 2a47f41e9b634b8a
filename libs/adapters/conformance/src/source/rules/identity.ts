import assert from 'node:assert/strict';
import { itemAt, listing, type SourceRule } from '../source-rule.ts';

/** File systems tell times by ticks of some milliseconds: two writes within one look the same. */
const nextTick = () => new Promise(resolve => setTimeout(resolve, 25));

export const identityRules: readonly SourceRule[] = [
  {
    name: 'identity stays while a file grows',
    statement: 'A file that grew is the same file.',
    check: async ({ adapter, write, append }) => {
      await write('growing.bin', Buffer.alloc(10));
      const before = await itemAt(adapter, 'growing.bin');
      await append('growing.bin', Buffer.alloc(10));
      assert.equal((await itemAt(adapter, 'growing.bin')).identity, before.identity);
    },
  },
  {
    name: 'identity stays over a rename',
    statement: 'A file under a new name is the same file.',
    check: async ({ adapter, write, rename }) => {
      await write('old.bin', Buffer.alloc(10));
      const before = await itemAt(adapter, 'old.bin');
      await rename('old.bin', 'new.bin');
      assert.equal((await itemAt(adapter, 'new.bin')).identity, before.identity);
    },
  },
  {
    name: 'a replacement has another identity',
    statement: 'Another file under the same name is another file, though it be of the same size.',
    check: async ({ adapter, write, replace }) => {
      await write('table.csv', Buffer.from('one'));
      const before = await itemAt(adapter, 'table.csv');
      await replace('table.csv', Buffer.from('two'));
      assert.notEqual((await itemAt(adapter, 'table.csv')).identity, before.identity);
    },
  },
  {
    name: 'two names of one file are two files',
    statement: 'Each name of a hard-linked file is listed, with an identity of its own.',
    check: async ({ adapter, write, link }) => {
      if (link === undefined) return;
      await write('first.bin', Buffer.alloc(4));
      await link('first.bin', 'second.bin');
      const [first, second] = [await itemAt(adapter, 'first.bin'), await itemAt(adapter, 'second.bin')];
      assert.notEqual(first.identity, second.identity);
    },
  },
  {
    name: 'an adapter made anew knows the files again',
    statement: 'Identity and revision do not depend on the process that lists.',
    check: async ({ adapter, anew, write }) => {
      await write('same.bin', Buffer.alloc(4));
      const before = await itemAt(adapter, 'same.bin');
      const other = anew();
      const after = await itemAt(other, 'same.bin');
      await other.close();
      assert.deepEqual([after.identity, after.revision], [before.identity, before.revision]);
    },
  },
  {
    name: 'revision moves when a file grows',
    statement: 'More bytes are another revision.',
    check: async ({ adapter, write, append }) => {
      await write('growing.bin', Buffer.alloc(10));
      const before = await itemAt(adapter, 'growing.bin');
      await append('growing.bin', Buffer.alloc(10));
      const after = await itemAt(adapter, 'growing.bin');
      assert.notEqual(after.revision, before.revision);
      assert.equal(after.size, 20);
    },
  },
  {
    name: 'revision moves when bytes change in place',
    statement: 'A header that is rewritten is another revision of the same file, though the size stays.',
    check: async ({ adapter, write, overwrite }) => {
      await write('header.mp4', Buffer.from('....rest'));
      const before = await itemAt(adapter, 'header.mp4');
      await nextTick();
      await overwrite('header.mp4', Buffer.from('moov'));
      const after = await itemAt(adapter, 'header.mp4');
      assert.notEqual(after.revision, before.revision);
      assert.equal(after.identity, before.identity, 'the identity moved with it');
    },
  },
  {
    name: 'revision stays while nothing changes',
    statement: 'Looking at a file does not change it.',
    check: async ({ adapter, write }) => {
      await write('still.bin', Buffer.alloc(4));
      const before = await itemAt(adapter, 'still.bin');
      await listing(adapter);
      assert.equal((await itemAt(adapter, 'still.bin')).revision, before.revision);
    },
  },
];
