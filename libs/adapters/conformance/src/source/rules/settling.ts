import assert from 'node:assert/strict';
import { once } from 'node:events';
import { refusal, within } from '../../destination/destination-rule.ts';
import { someBytes } from '../../destination/rule-content.ts';
import { brokenStream, itemAt, listing, soon, type SourceRule } from '../source-rule.ts';

export const settlingRules: readonly SourceRule[] = [
  {
    name: 'an aborted listing rejects soon',
    statement: 'After an abort a listing ends with an error: it never looks complete.',
    check: async ({ adapter, write }) => {
      await write('one.bin', Buffer.alloc(1));
      await write('two.bin', Buffer.alloc(1));
      const stop = new AbortController();
      const read = async () => {
        for await (const item of adapter.list(stop.signal)) {
          assert.ok(item.key !== '');
          stop.abort();
        }
      };
      await within(soon, 'the listing', refusal(read()));
      await within(soon, 'a listing that was aborted before', refusal(listing(adapter, AbortSignal.abort())));
    },
  },
  {
    name: 'an aborted stream fails soon',
    statement: 'After an abort a stream that is under way ends with an error.',
    check: async ({ adapter, write, largeSize }) => {
      await write('slow.bin', someBytes(largeSize));
      const item = await itemAt(adapter, 'slow.bin');
      const stop = new AbortController();
      const stream = await adapter.open(item, { start: 0, end: item.size }, stop.signal);
      await once(stream, 'readable');
      stop.abort();
      await within(soon, 'the stream', refusal(brokenStream(stream)));
    },
  },
  {
    name: 'a watch ends when it is aborted',
    statement: 'watch() resolves once its signal aborts, before or after it began.',
    check: async ({ adapter }) => {
      if (adapter.watch === undefined) return;
      const stop = new AbortController();
      const watching = adapter.watch(() => undefined, stop.signal);
      setTimeout(() => {
        stop.abort();
      }, 20);
      await within(soon, 'the watch', watching);
      await within(
        soon,
        'a watch that was aborted before',
        adapter.watch(() => undefined, AbortSignal.abort()),
      );
    },
  },
  {
    name: 'close can be repeated',
    statement: 'close() resolves, however often it is called.',
    check: async ({ adapter, write }) => {
      await write('one.bin', Buffer.alloc(1));
      await listing(adapter);
      await within(soon, 'the first close', adapter.close());
      await within(soon, 'the second close', adapter.close());
    },
  },
];
