import * as real from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Store } from './open-store.ts';

/**
 * A process that dies between any two of its steps on the disk, and in the middle of a write: the calls that change
 * files are counted, and from the n-th on nothing happens any more. Then the folder is opened as a new process would.
 */
const plan = { armed: false, dead: false, left: 0, died: () => undefined as void };
const never = new Promise<never>(() => undefined);

async function step<Result>(act: () => Promise<Result>, tear?: () => Promise<unknown>): Promise<Result> {
  if (!plan.armed) return act();
  if (plan.dead) return never;
  if (plan.left-- > 0) return act();
  plan.dead = true;
  await tear?.();
  plan.died();
  return never;
}

function wrap(handle: real.FileHandle): real.FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      if (name === 'sync') return () => step(() => target.sync());
      if (name === 'writev') return (buffers: Buffer[]) => step(() => target.writev(buffers));
      if (name === 'writeFile') {
        return (text: string) =>
          step(
            () => target.writeFile(text),
            () => target.writeFile(text.slice(0, text.length / 2)),
          );
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

jest.unstable_mockModule('node:fs/promises', () => ({
  ...real,
  open: async (path: string, flags?: string, mode?: number) =>
    flags === 'r' ? wrap(await real.open(path, flags)) : wrap(await step(() => real.open(path, flags, mode))),
  rename: (from: string, to: string) => step(() => real.rename(from, to)),
  link: (from: string, to: string) => step(() => real.link(from, to)),
  mkdir: (path: string, options?: { recursive: boolean }) => step(() => real.mkdir(path, options)),
  rm: (path: string, options?: { recursive: boolean; force: boolean }) => step(() => real.rm(path, options)),
}));
const { openStore } = await import('./open-store.ts');

const bucketName = 'waybill';
const described = { contentType: 'text/plain', headers: {}, metadata: {} };
const anything = () => undefined;

/** A new data file that holds `text`. */
async function write(store: Store, text: string) {
  const writer = await store.data.create();
  await writer.write(Buffer.from(text));
  await writer.finish();
  return { file: writer.file, size: text.length };
}
async function put(store: Store, key: string, text: string) {
  const parts = [await write(store, text)];
  const manifest = { ...described, key, size: text.length, etag: 'e', modified: 1, parts };
  await store.objects.put(store.buckets.get(bucketName), manifest, anything);
}
async function addPart(store: Store, id: string, number: number, text: string) {
  const part = { number, ...(await write(store, text)), md5: 'm', modified: 1, checksums: {} };
  await store.uploads.addPart(id, part);
}
async function read(store: Store, key: string): Promise<string | undefined> {
  const held = await store.objects.hold(store.buckets.get(bucketName), key);
  let text = held === undefined ? undefined : '';
  for (const { file, size } of held?.manifest.parts ?? []) {
    const handle = await store.data.openForReading(file);
    const content = await handle.readFile('utf8');
    await handle.close();
    expect(content).toHaveLength(size);
    text += content;
  }
  await held?.release();
  return text;
}

interface Deed {
  readonly before: (store: Store) => Promise<void>;
  readonly act: (store: Store) => Promise<void>;
  /** What may be seen of the key and of the parts after a death on the way; the last is what is seen at the end. */
  readonly seen: readonly string[];
}
const uploadOf = (store: Store) => store.uploads.list(bucketName)[0];
async function begin(store: Store, ...parts: readonly string[]): Promise<void> {
  const upload = await store.uploads.begin({ bucket: bucketName, key: 'key', ...described });
  for (const [index, text] of parts.entries()) await addPart(store, upload.id, index + 1, text);
}

const deeds: Record<string, Deed> = {
  'a first put': {
    before: async () => undefined,
    act: store => put(store, 'key', 'new'),
    seen: ['nothing, no upload', 'new, no upload'],
  },
  'an overwrite': {
    before: store => put(store, 'key', 'old'),
    act: store => put(store, 'key', 'new'),
    seen: ['old, no upload', 'new, no upload'],
  },
  'a deletion': {
    before: store => put(store, 'key', 'old'),
    act: store => store.objects.remove(store.buckets.get(bucketName), 'key', anything),
    seen: ['old, no upload', 'nothing, no upload'],
  },
  'the beginning of an upload': {
    before: async () => undefined,
    act: store => begin(store),
    seen: ['nothing, no upload', 'nothing, parts '],
  },
  'a part sent again': {
    before: store => begin(store, 'one', 'two'),
    act: store => addPart(store, uploadOf(store)?.id ?? '', 2, 'three'),
    seen: ['nothing, parts 3+3', 'nothing, parts 3+5'],
  },
  'a completion over an object': {
    before: async store => {
      await put(store, 'key', 'old');
      await begin(store, 'one', 'two', 'left out');
    },
    act: store =>
      store.uploads.end(uploadOf(store)?.id ?? '', async upload => {
        const parts = [...upload.parts.values()].slice(0, 2).map(({ file, size }) => ({ file, size }));
        const manifest = {
          ...described,
          key: 'key',
          size: 6,
          etag: 'e-2',
          modified: 1,
          uploadId: upload.id,
          parts,
        };
        await store.objects.put(store.buckets.get(bucketName), manifest, anything);
        return parts.map(part => part.file);
      }),
    seen: ['old, parts 3+3+8', 'onetwo, no upload'],
  },
  'an abort': {
    before: store => begin(store, 'one', 'two'),
    act: store => store.uploads.end(uploadOf(store)?.id ?? '', async () => []),
    seen: ['nothing, parts 3+3', 'nothing, no upload'],
  },
};

/** What a new process sees. It also finds that every file with bytes is named by something. */
async function look(folder: string): Promise<string> {
  const store = await openStore(folder);
  const text = (await read(store, 'key')) ?? 'nothing';
  const upload = uploadOf(store);
  const parts = [...(upload?.parts.values() ?? [])].sort((a, b) => a.number - b.number);
  const held = await store.objects.hold(store.buckets.get(bucketName), 'key');
  await held?.release();
  const named = [...parts, ...(held?.manifest.parts ?? [])].map(part => part.file);
  expect((await real.readdir(join(folder, 'data'))).sort()).toEqual(named.sort());
  expect(await real.readdir(join(folder, 'tmp'))).toEqual([]);
  return `${text}, ${upload === undefined ? 'no upload' : `parts ${parts.map(part => part.size).join('+')}`}`;
}

describe('a death at every step', () => {
  it.each(Object.entries(deeds))('of %s leaves the old or the new, whole', async (_name, deed) => {
    const reached = new Set<string>();
    for (let steps = 0; ; steps++) {
      expect(steps).toBeLessThan(60);
      const folder = await real.mkdtemp(join(tmpdir(), 'embedded-s3-crash-'));
      const store = await openStore(folder);
      await store.buckets.create(bucketName);
      await deed.before(store);
      const died = new Promise<'died'>(resolve => {
        Object.assign(plan, { armed: true, dead: false, left: steps, died: () => resolve('died') });
      });
      const outcome = await Promise.race([died, deed.act(store).then(() => 'done' as const)]);
      plan.armed = false;
      const seen = await look(folder);
      await real.rm(folder, { recursive: true });
      expect(deed.seen).toContain(seen);
      reached.add(seen);
      if (outcome === 'done') {
        expect([seen, steps > 2]).toEqual([deed.seen.at(-1), true]);
        break;
      }
    }
    // Both sides of the border were seen, or the steps were not where they were thought to be.
    expect([...reached].sort()).toEqual([...deed.seen].sort());
  });
});
