import { execFileSync } from 'node:child_process';
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { SourceItem } from '@waybill/contract';
import { watchFolderSource } from './index.ts';

const signal = new AbortController().signal;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'watch-folder-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function source(options: object = {}, path = root) {
  const config = watchFolderSource.config.parse({ path, ...options });
  const reveal = () => {
    throw new Error('a folder has no secrets');
  };
  return watchFolderSource.create(config, { name: 'inbox', reveal });
}

async function listed(from: { list(signal: AbortSignal): AsyncIterable<SourceItem> }): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of from.list(signal)) items.push(item);
  return items.sort((a, b) => (a.key < b.key ? -1 : 1));
}

const keys = (items: readonly SourceItem[]) => items.map(item => item.key);
const idOf = (items: readonly SourceItem[], key: string) => items.find(item => item.key === key)?.identity;

describe('a watch folder', () => {
  it('leaves unfinished names alone at any depth and takes dotfiles', async () => {
    await mkdir(join(root, 'a/b.tmp'), { recursive: true });
    for (const name of [
      'x.csv',
      '.hidden',
      'x.part',
      'a/y.filepart',
      'a/y~',
      'a/b.tmp/z.csv',
      'a/.env.tmp',
    ]) {
      await writeFile(join(root, name), 'x');
    }
    expect(keys(await listed(source()))).toEqual(['.hidden', 'x.csv']);
    expect(keys(await listed(source({ ignore: ['a/b.tmp', '*.csv'] })))).toEqual([
      '.hidden',
      'a/.env.tmp',
      'a/y.filepart',
      'a/y~',
      'x.part',
    ]);
  });

  it('follows no link to a file or a folder, and skips pipes', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'secret'), 'x');
    await symlink(outside, join(root, 'folder'));
    await symlink(join(outside, 'secret'), join(root, 'file'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await listed(source())).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it('opens neither a link nor a pipe that took the name of a listed file', async () => {
    const inbox = source();
    await writeFile(join(root, 'a'), 'x');
    const [item] = await listed(inbox);
    if (item === undefined) throw new Error('nothing was listed');
    await rename(join(root, 'a'), join(root, 'b'));
    await symlink('b', join(root, 'a'));
    await expect(inbox.openFile?.(item, signal)).rejects.toMatchObject({ code: 'source-changed' });
    await unlink(join(root, 'a'));
    execFileSync('mkfifo', [join(root, 'a')]);
    await expect(inbox.openFile?.(item, signal)).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('refuses what can be no key, with a sentence, and lists the rest', async () => {
    const bytes = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]);
    await writeFile(bytes, 'x');
    await writeFile(join(root, 'two\nlines'), 'x');
    const deep = join(root, ...Array.from({ length: 6 }, () => 'd'.repeat(200)));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'long'), 'x');
    await writeFile(join(root, 'fine'), 'x');
    const items = await listed(source());
    expect(items.map(item => [item.key.slice(0, 12), item.refused])).toEqual([
      ['caf\\xE9', expect.stringMatching(/^Its name is not UTF-8; rename it/)],
      ['d'.repeat(12), expect.stringMatching(/^Its path has 1210 bytes/)],
      ['fine', undefined],
      ['two\\x0Alines', expect.stringMatching(/^Its name holds a control character/)],
    ]);
  });

  it('keeps the names of a hard-linked file apart, and each its identity while others come and go', async () => {
    const inbox = source();
    await writeFile(join(root, 'm'), 'x');
    const alone = idOf(await listed(inbox), 'm');
    await link(join(root, 'm'), join(root, 'a'));
    const both = await listed(inbox);
    expect(keys(both)).toEqual(['a', 'm']);
    expect(idOf(both, 'm')).toBe(alone);
    expect(idOf(both, 'a')).not.toBe(alone);
    await unlink(join(root, 'm'));
    const rest = await listed(inbox);
    expect(rest.map(item => item.identity)).toEqual([idOf(both, 'a')]);
    const handle = await inbox.openFile?.(rest[0] as SourceItem, signal);
    await handle?.close();
    expect(handle).toBeDefined();
    // A process that remembers nothing takes the one name as the plain one.
    expect(idOf(await listed(source()), 'a')).toBe(alone);
  });

  it('gives a file the same identity under a temporary name that was linked to the final one', async () => {
    const inbox = source();
    await writeFile(join(root, 'f.tmp'), 'x');
    await link(join(root, 'f.tmp'), join(root, 'f'));
    const before = idOf(await listed(inbox), 'f');
    await unlink(join(root, 'f.tmp'));
    expect(idOf(await listed(inbox), 'f')).toBe(before);
  });

  it('fails a stream whose file is cut short under it, instead of ending it', async () => {
    const inbox = source();
    await writeFile(join(root, 'a'), Buffer.alloc(3 * 1024 * 1024));
    const [item] = await listed(inbox);
    if (item === undefined) throw new Error('nothing was listed');
    const stream = await inbox.open(item, { start: 0, end: item.size }, signal);
    await truncate(join(root, 'a'), 1024 * 1024);
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('tells of new names, also in new folders after a listing, and says when it cannot', async () => {
    const inbox = source();
    await listed(inbox);
    const stop = new AbortController();
    let hints = 0;
    const watching = inbox.watch?.(() => (hints += 1), stop.signal);
    const hinted = async (change: () => Promise<unknown>) => {
      const before = hints;
      await change();
      for (let waited = 0; hints === before && waited < 5_000; waited += 20) {
        await new Promise(done => setTimeout(done, 20));
      }
      return hints > before;
    };
    expect(await hinted(() => mkdir(join(root, 'new')))).toBe(true);
    await listed(inbox);
    expect(await hinted(() => writeFile(join(root, 'new/f'), 'x'))).toBe(true);
    stop.abort();
    await watching;
    expect(inbox.health?.()).toEqual({ state: 'ok', sentence: 'The folder was listed whole.' });
    await appendFile(join(root, 'new/f'), 'x');
  });

  it('takes a root on another device for a disk that is no longer mounted, not for an empty one', async () => {
    const mount = join(root, 'mount');
    await mkdir(join(root, 'disk'));
    await writeFile(join(root, 'disk/f'), 'x');
    await symlink('disk', mount);
    const inbox = source({}, mount);
    const [item] = await listed(inbox);
    if (item === undefined) throw new Error('nothing was listed');
    await unlink(mount);
    // Linux has a file system in memory here: another device without mounting one.
    const other = await mkdtemp('/dev/shm/watch-folder-');
    await symlink(other, mount);
    const unmounted = {
      code: 'unreachable',
      message: expect.stringContaining('is on another device') as string,
    };
    await expect(listed(inbox)).rejects.toMatchObject(unmounted);
    await expect(inbox.probe(signal)).rejects.toMatchObject(unmounted);
    await expect(inbox.openFile?.(item, signal)).rejects.toMatchObject(unmounted);
    await unlink(mount);
    await symlink('disk', mount);
    expect(keys(await listed(inbox))).toEqual(['f']);
    await rm(other, { recursive: true });
  });

  it('lists what stays whole while other files and folders come and go', async () => {
    const inbox = source();
    const staying = Array.from({ length: 50 }, (_, n) => `stay-${n.toString()}/f`);
    for (const key of staying) {
      await mkdir(join(root, dirname(key)));
      await writeFile(join(root, key), 'x');
    }
    let over = false;
    const restless = async (n: number) => {
      const folder = join(root, `restless-${n.toString()}`);
      while (!over) {
        await mkdir(join(folder, 'a/b'), { recursive: true });
        await writeFile(join(folder, 'a/b/f'), 'x');
        await rename(join(folder, 'a'), join(folder, 'c'));
        await rm(folder, { recursive: true });
      }
    };
    const work = [1, 2, 3].map(restless);
    try {
      for (let scan = 0; scan < 25; scan += 1) {
        const found = await listed(inbox);
        expect(keys(found).filter(key => key.startsWith('stay-'))).toEqual([...staying].sort());
        expect(new Set(found.map(item => item.identity)).size).toBe(found.length);
      }
    } finally {
      over = true;
      await Promise.all(work);
    }
  }, 60_000);

  it('tells its condition in a sentence', async () => {
    const inbox = source({}, join(root, 'nowhere'));
    await expect(listed(inbox)).rejects.toMatchObject({ code: 'unreachable' });
    expect(inbox.health?.()).toEqual({
      state: 'unreachable',
      sentence: `source inbox: the folder ${root}/nowhere is not there; mount or create it, or correct "path".`,
      nextStep: expect.stringContaining('tries again') as string,
    });
  });

  it('refuses a mode that there is not, and options of later releases, with a sentence', () => {
    const refused = (over: object) =>
      watchFolderSource.config.safeParse({ path: '/x', ...over }).error?.issues[0]?.message;
    expect(refused({ mode: 'streaming' })).toBe('mode must be finished or growing');
    expect(refused({ dispose: 'delete' })).toContain('dispose must be keep: this release');
  });

  it('lists 10,000 files in about a second', async () => {
    const make = 'for d in $(seq 100); do mkdir $d; (cd $d && seq 100 | xargs touch); done';
    execFileSync('sh', ['-c', make], { cwd: root });
    const inbox = source();
    const start = performance.now();
    expect(await listed(inbox)).toHaveLength(10_000);
    // About 0.3 s alone on two cores; the rest is for a busy machine.
    expect(performance.now() - start).toBeLessThan(5_000);
  }, 60_000);
});
