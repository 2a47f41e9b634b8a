import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { systemCode } from './file-failure.ts';

/** More folders than this are found by scanning alone: each costs one of the user's inotify watches. */
const mostFolders = 4_096;
/** Many names that come at once are one hint. */
const quietMs = 200;

/**
 * Watches the folders of one source for names that come and go. One watch a folder, none a file: Node's own recursive watch
 * opens one for each file and reads the whole tree in one go. What it misses is found by the next scan.
 */
export class FolderHints {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;
  private failure: string | undefined;

  constructor(private readonly hint: () => void) {}

  /** Why changes are not told at once, as the middle of a sentence; undefined when they are. */
  get blind(): string | undefined {
    return this.failure;
  }

  /** Watches exactly these folders from now on. */
  follow(folders: readonly Buffer[]): void {
    const wanted = new Map(folders.slice(0, mostFolders).map(path => [path.toString('latin1'), path]));
    this.failure =
      folders.length > mostFolders ? `it has more than ${mostFolders.toString()} folders` : undefined;
    for (const [id, watcher] of this.watchers) {
      if (!wanted.has(id)) this.drop(id, watcher);
    }
    for (const [id, path] of wanted) {
      if (!this.watchers.has(id) && !this.add(id, path)) break;
    }
  }

  close(): void {
    clearTimeout(this.timer);
    for (const [id, watcher] of this.watchers) this.drop(id, watcher);
  }

  private add(id: string, path: Buffer): boolean {
    try {
      const watcher = watch(path, { persistent: false }, kind => {
        // Bytes that come to a file that is there ('change') are no news before it stands still.
        if (kind === 'rename') this.soon();
      });
      watcher.on('error', () => {
        this.drop(id, watcher);
      });
      this.watchers.set(id, watcher);
      return true;
    } catch (failure) {
      const code = systemCode(failure);
      // A folder that is gone again is the next scan's business; a machine out of watches is worth telling.
      if (code === 'ENOENT' || code === 'ENOTDIR') return true;
      this.failure =
        code === 'ENOSPC' || code === 'EMFILE' ? `this machine has no more watches (${code})` : code;
      return false;
    }
  }

  private drop(id: string, watcher: FSWatcher): void {
    watcher.close();
    this.watchers.delete(id);
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.hint();
    }, quietMs).unref();
  }
}
