import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, opendir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { AdapterError } from '@waybill/contract';
import type { ByteRange, SourceAdapter, SourceHealth, SourceItem } from '@waybill/contract';
import { abortable, stopped } from './abortable.ts';
import { fileFailure, isGone, systemCode } from './file-failure.ts';
import { identityOf, isSameFile, revisionOf } from './file-identity.ts';
import { refusalOf } from './file-name.ts';
import { FolderHints } from './folder-hints.ts';
import { ignoreRule } from './ignore-rule.ts';
import type { IgnoreRule } from './ignore-rule.ts';
import { LinkNames } from './link-names.ts';
import { RangeStream } from './range-stream.ts';
import { walk } from './walk.ts';
import type { FoundFile } from './walk.ts';
import { WatchedRoot } from './watched-root.ts';

/** What the source needs from its configuration. */
export interface WatchFolderOptions {
  readonly name: string;
  readonly path: string;
  readonly ignore: readonly string[];
}

/**
 * A folder on this machine. Listing reads the whole tree every time; nothing is kept between listings but the root's device,
 * which name of a hard-linked file is its plain one, and the folders to watch.
 */
export class WatchFolderSource implements SourceAdapter {
  readonly maxInFlight = 64;
  private readonly root: WatchedRoot;
  private readonly ignored: IgnoreRule;
  private names = new LinkNames();
  private folders: readonly Buffer[] = [];
  private hints: FolderHints | undefined;
  private condition: SourceHealth = { state: 'starting', sentence: 'It was not listed yet.' };

  constructor(private readonly options: WatchFolderOptions) {
    this.root = new WatchedRoot(options.name, resolve(options.path));
    this.ignored = ignoreRule(options.ignore);
  }

  async probe(signal: AbortSignal): Promise<void> {
    await this.root.check(signal);
    const look = async () => {
      const dir = await opendir(this.root.path);
      await dir.read().finally(() => dir.close());
    };
    await abortable(this.options.name, signal, look()).catch((failure: unknown) => {
      throw fileFailure(this.options.name, `the folder ${this.root.path} cannot be read`, failure);
    });
  }

  async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    try {
      const names = new LinkNames(this.names);
      const folders: Buffer[] = [];
      for await (const item of this.items(names, folders, signal)) {
        yield item;
      }
      this.names = names.complete();
      this.folders = folders;
      this.hints?.follow(folders);
      this.condition = { state: 'ok', sentence: 'The folder was listed whole.' };
    } catch (failure) {
      const error = fileFailure(this.options.name, 'the listing failed', failure);
      // A listing that we stopped ourselves says nothing about the folder.
      if (signal.aborted) throw error;
      this.condition = { state: error.code, sentence: error.message, nextStep: error.nextStep };
      throw error;
    }
  }

  async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    const handle = await this.openFile(item, signal);
    const { size } = await handle.stat().catch((failure: unknown) => {
      closeLate(handle);
      throw this.openFailure(item, failure);
    });
    if (size < range.end) {
      closeLate(handle);
      throw this.changed(item, `it has only ${size.toString()} bytes now`);
    }
    return new RangeStream(handle, range, { name: this.options.name, key: item.key }, signal);
  }

  async openFile(item: SourceItem, signal: AbortSignal): Promise<FileHandle> {
    const path = `${this.root.path}/${item.key}`;
    // Without O_NONBLOCK a pipe that took the file's name would hold the open, and a thread, for ever.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const opening = open(path, flags);
    const handle = await abortable(this.options.name, signal, opening, closeLate).catch(
      async (failure: unknown) => {
        // Under a root that is gone nothing can be said about one file.
        if (isGone(failure)) await this.root.check(signal);
        throw this.openFailure(item, failure);
      },
    );
    try {
      const stats = await abortable(this.options.name, signal, handle.stat({ bigint: true }));
      if (stats.isFile() && isSameFile(stats, item)) return handle;
      throw this.changed(item, 'another file has its name now');
    } catch (failure) {
      closeLate(handle);
      throw fileFailure(this.options.name, `the file ${item.key} cannot be looked at`, failure);
    }
  }

  async lookAt(handle: FileHandle): Promise<Pick<SourceItem, 'size' | 'revision'>> {
    const stats = await handle.stat({ bigint: true }).catch((failure: unknown) => {
      throw fileFailure(this.options.name, 'an open file cannot be looked at', failure);
    });
    return { size: Number(stats.size), revision: revisionOf(stats) };
  }

  async watch(hint: () => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const hints = new FolderHints(hint);
    this.hints = hints;
    hints.follow(this.folders.length > 0 ? this.folders : [Buffer.from(this.root.path)]);
    await new Promise<void>(done => {
      signal.addEventListener('abort', () => {
        done();
      });
    });
    hints.close();
    this.hints = undefined;
  }

  health(): SourceHealth {
    const { state, sentence } = this.condition;
    const blind = this.hints?.blind;
    return state !== 'ok' || blind === undefined
      ? this.condition
      : { state, sentence: `${sentence} Changes are found by scanning alone, because ${blind}.` };
  }

  async close(): Promise<void> {
    this.hints?.close();
  }

  /** Files with one name as they are met; files with several at the end, when all their names are known. */
  private async *items(names: LinkNames, folders: Buffer[], signal: AbortSignal): AsyncGenerator<SourceItem> {
    const { root, ignored } = this;
    await root.check(signal);
    const linked = new Map<string, FoundFile[]>();
    const onFolder = (path: Buffer) => folders.push(path);
    const plan = { name: this.options.name, root: root.path, ignored, onFolder };
    for await (const batch of walk(plan, signal)) {
      for (const file of batch) {
        const plain = identityOf(file.stats, file.key);
        if (file.stats.nlink > 1n) {
          linked.set(plain, [...(linked.get(plain) ?? []), file]);
          continue;
        }
        const identity = names.single(plain, file.key);
        if (identity !== undefined) yield itemOf(file, identity);
        if (signal.aborted) throw stopped(this.options.name, signal);
      }
    }
    for (const [plain, files] of linked) {
      const identities = names.several(
        plain,
        files.map(file => file.key),
      );
      for (const file of files) yield itemOf(file, identities.get(file.key) ?? plain);
    }
    // A disk that went away in mid-walk took its files out of the listing: then the listing is not complete.
    await root.check(signal);
  }

  private openFailure(item: SourceItem, failure: unknown): AdapterError {
    const { name } = this.options;
    if (isGone(failure)) {
      const sentence = `source ${name}: the file ${item.key} is no longer there.`;
      return new AdapterError('missing', sentence, { cause: failure });
    }
    if (systemCode(failure) === 'ELOOP') return this.changed(item, 'a link has its name now', failure);
    return fileFailure(name, `the file ${item.key} cannot be opened`, failure);
  }

  private changed(item: SourceItem, how: string, cause?: unknown): AdapterError {
    const sentence = `source ${this.options.name}: the file ${item.key} is not the one that was listed: ${how}.`;
    return new AdapterError('source-changed', sentence, cause === undefined ? {} : { cause });
  }
}

/** The latest time that a Date can hold, in milliseconds; some file systems can hold later ones. */
const latest = 8.64e15;

function itemOf({ key, stats, refused }: FoundFile, identity: string): SourceItem {
  const refusal = refusalOf(key, refused);
  return {
    key,
    identity,
    revision: revisionOf(stats),
    size: Number(stats.size),
    modifiedAt: new Date(Math.max(-latest, Math.min(latest, Number(stats.mtimeMs)))),
    ...(refusal === undefined ? {} : { refused: refusal }),
  };
}

/** The handle was only read from: a failing close loses nothing and there is nobody left to tell. */
function closeLate(handle: FileHandle): void {
  handle.close().catch(() => undefined);
}
