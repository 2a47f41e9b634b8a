import type { BigIntStats, Dir, Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import type { AdapterError } from '@waybill/contract';
import { abortable } from './abortable.ts';
import { fileFailure, isGone } from './file-failure.ts';
import { readName } from './file-name.ts';
import type { IgnoreRule } from './ignore-rule.ts';

/** One regular file, as the walk met it. */
export interface FoundFile {
  readonly key: string;
  readonly stats: BigIntStats;
  /** Why a name on its path can be no key. */
  readonly refused: string | undefined;
}

/** What the walk needs to know of its source. */
export interface WalkPlan {
  readonly name: string;
  readonly root: string;
  readonly ignored: IgnoreRule;
  /** Told of every folder that was read. */
  readonly onFolder: (path: Buffer) => void;
}

interface Folder {
  /** Bytes, because a name need not be text. */
  readonly path: Buffer;
  readonly key: string;
  readonly refused: string | undefined;
}

/** Entries looked at in one go: enough to keep the system's threads busy. */
const batchSize = 256;
/** How often a folder is opened that comes and goes. */
const mostAttempts = 20;
const slash = Buffer.from('/');

/**
 * Every regular file below the root, in batches. Links are not followed, what is neither file nor folder is left out. A file
 * or folder that vanishes meanwhile is absent once the file system confirms it; any other failure ends the walk with a
 * sentence that names the folder, so that half a listing is never taken for a whole one.
 */
export async function* walk(plan: WalkPlan, signal: AbortSignal): AsyncGenerator<readonly FoundFile[]> {
  const pending: Folder[] = [{ path: Buffer.from(plan.root), key: '', refused: undefined }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const here = folder;
    const open = abortable(plan.name, signal, openFolder(plan, here), closeLate);
    const dir = await open;
    if (dir === undefined) continue;
    plan.onFolder(here.path);
    try {
      for (;;) {
        const entries = await abortable(plan.name, signal, readBatch(plan, here, dir));
        if (entries === undefined) pending.push(here);
        if (entries === undefined || entries.length === 0) break;
        const work = Promise.all(entries.map(entry => look(plan, here, entry)));
        const met = (await abortable(plan.name, signal, work)).filter(one => one !== undefined);
        pending.push(...met.filter(one => 'path' in one));
        yield met.filter(one => 'stats' in one);
      }
    } finally {
      closeLate(dir);
    }
  }
}

/** undefined: it is gone. */
async function openFolder(plan: WalkPlan, folder: Folder): Promise<Dir | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const options = { encoding: 'buffer', bufferSize: batchSize } as object;
      // Typed for text names; with this encoding each name is a Buffer.
      return await opendir(folder.path, options);
    } catch (failure) {
      const below = folder.key !== '' && isGone(failure);
      if (below && (await isConfirmedGone(folder.path))) return undefined;
      // Gone when it was opened and there when it was looked for: a program makes it anew again and again.
      if (!below || attempt === mostAttempts) throw folderFailure(plan, folder, failure);
    }
  }
}

/** undefined: the open folder was removed; another one may have its name by now. */
async function readBatch(plan: WalkPlan, folder: Folder, dir: Dir): Promise<Dirent[] | undefined> {
  const entries: Dirent[] = [];
  try {
    while (entries.length < batchSize) {
      const entry = await dir.read();
      if (entry === null) break;
      entries.push(entry);
    }
    return entries;
  } catch (failure) {
    if (folder.key !== '' && isGone(failure)) return undefined;
    throw folderFailure(plan, folder, failure);
  }
}

async function look(plan: WalkPlan, folder: Folder, entry: Dirent): Promise<FoundFile | Folder | undefined> {
  const bytes = entry.name as unknown as Buffer;
  const name = readName(bytes);
  const key = folder.key === '' ? name.text : `${folder.key}/${name.text}`;
  const refused = folder.refused ?? name.refused;
  if (entry.isSymbolicLink() || plan.ignored(key, name.text)) return undefined;
  const path = Buffer.concat([folder.path, slash, bytes]);
  try {
    // Asked for folders as well: some file systems do not tell the kind of an entry.
    const stats = await lstat(path, { bigint: true });
    if (stats.isDirectory()) return { path, key, refused };
    return stats.isFile() ? { key, stats, refused } : undefined;
  } catch (failure) {
    if (isGone(failure)) return undefined;
    throw folderFailure(plan, folder, failure);
  }
}

async function isConfirmedGone(path: Buffer): Promise<boolean> {
  try {
    return !(await lstat(path)).isDirectory();
  } catch (failure) {
    return isGone(failure);
  }
}

function folderFailure(plan: WalkPlan, folder: Folder, failure: unknown): AdapterError {
  const path = folder.key === '' ? plan.root : `${plan.root}/${folder.key}`;
  const step = folder.key === '' ? '' : ' (make it readable or add it to "ignore")';
  return fileFailure(plan.name, `the folder ${path} cannot be read${step}`, failure);
}

/** Nothing depends on the close of a folder that was only read, and a folder that was read to its end may be closed already. */
function closeLate(dir: Dir | undefined): void {
  dir?.close().catch(() => undefined);
}
