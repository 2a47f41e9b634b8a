import assert from 'node:assert/strict';
import { refusal } from '../../destination/destination-rule.ts';
import { itemAt, untilDone, type SourceRule } from '../source-rule.ts';

/** Rules of openFile(), which only a source on this machine has. */
export const localFileRules: readonly SourceRule[] = [
  {
    name: 'a file handle outlives its name',
    statement: 'What was opened is read to its end, though it be renamed and another file take its name.',
    check: async ({ adapter, write, rename, replace }) => {
      if (adapter.openFile === undefined) return;
      await write('handle.bin', Buffer.from('the first'));
      const handle = await adapter.openFile(await itemAt(adapter, 'handle.bin'), untilDone());
      try {
        await rename('handle.bin', 'moved.bin');
        await write('handle.bin', Buffer.from('the other'));
        await replace('moved.bin', Buffer.from('the third'));
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(9), 0, 9, 0);
        assert.equal(buffer.subarray(0, bytesRead).toString(), 'the first');
      } finally {
        await handle.close();
      }
    },
  },
  {
    name: 'a file handle tells the revision that a listing tells',
    statement: 'lookAt() gives size and revision as list() would, before and after the file grew.',
    check: async ({ adapter, write, append }) => {
      if (adapter.openFile === undefined) return;
      assert.ok(adapter.lookAt !== undefined, 'openFile() without lookAt()');
      await write('looked-at.bin', Buffer.from('one'));
      const item = await itemAt(adapter, 'looked-at.bin');
      const handle = await adapter.openFile(item, untilDone());
      try {
        const seen = ({ size, revision }: { size: number; revision: string }) => ({ size, revision });
        assert.deepEqual(seen(await adapter.lookAt(handle)), seen(item));
        await append('looked-at.bin', Buffer.from(' and two'));
        const grown = await itemAt(adapter, 'looked-at.bin');
        assert.deepEqual(seen(await adapter.lookAt(handle)), seen(grown));
      } finally {
        await handle.close();
      }
    },
  },
  {
    name: 'a file handle is checked to be the item',
    statement:
      'openFile() refuses as open() does: another file is `source-changed`, a removed one `missing`.',
    check: async ({ adapter, write, replace, remove }) => {
      if (adapter.openFile === undefined) return;
      await write('checked.bin', Buffer.from('one'));
      const item = await itemAt(adapter, 'checked.bin');
      await replace('checked.bin', Buffer.from('two'));
      await refusal(adapter.openFile(item, untilDone()), 'source-changed');
      await remove('checked.bin');
      await refusal(adapter.openFile(item, untilDone()), 'missing');
    },
  },
];
