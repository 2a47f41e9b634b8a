import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ByteRange, SourceAdapter, SourceItem } from '@waybill/contract';
import type { SourceFixture } from './source-fixture.ts';

/** One thing that every source adapter keeps. `check` rejects when it does not hold. */
export interface SourceRule {
  readonly name: string;
  readonly statement: string;
  check(fixture: SourceFixture): Promise<void>;
}

/** How soon a call has to settle after its signal aborted, milliseconds; generous for a busy machine. */
export const soon = 2_000;

/** A signal that nobody aborts. */
export const untilDone = (): AbortSignal => new AbortController().signal;

/** A whole listing. */
export async function listing(adapter: SourceAdapter, signal = untilDone()): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of adapter.list(signal)) items.push(item);
  return items;
}

/** The item under a key; fails the rule when it was not listed. */
export async function itemAt(adapter: SourceAdapter, key: string): Promise<SourceItem> {
  const items = await listing(adapter);
  const item = items.find(one => one.key === key);
  assert.ok(
    item !== undefined,
    `${key} is not listed; listed are ${JSON.stringify(items.map(one => one.key))}`,
  );
  return item;
}

/** Opens a range and reads it to its end. */
export async function bytesOf(adapter: SourceAdapter, item: SourceItem, range: ByteRange): Promise<Buffer> {
  return buffer(await adapter.open(item, range, untilDone()));
}

/** Resolves with the error of a stream, or fails the rule when it ends without one. */
export async function brokenStream(stream: Readable): Promise<never> {
  const bytes = await buffer(stream);
  return assert.fail(`the stream ended without an error after ${bytes.length.toString()} bytes`);
}
