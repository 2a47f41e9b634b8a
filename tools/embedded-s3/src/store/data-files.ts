import { randomUUID } from 'node:crypto';
import { link, open, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { DataFileWriter } from './data-file-writer.ts';
import type { FolderSync } from './folder-sync.ts';

/** The files with the bytes. A file that is being read is taken away only when its last reader is done. */
export class DataFiles {
  private readonly readers = new Map<string, number>();
  private readonly condemned = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly folders: FolderSync,
  ) {}

  /** A new file, to be written, finished and then named by a manifest; or discarded. */
  async create(): Promise<DataFileWriter> {
    const file = randomUUID();
    return new DataFileWriter(file, await open(join(this.folder, file), 'wx', 0o600), () =>
      this.folders.sync(this.folder),
    );
  }

  /** The same bytes under new names, without copying them. */
  async duplicate(files: readonly string[]): Promise<readonly string[]> {
    const made: string[] = [];
    try {
      for (const file of files) {
        const twin = randomUUID();
        await link(join(this.folder, file), join(this.folder, twin));
        made.push(twin);
      }
      await this.folders.sync(this.folder);
      return made;
    } catch (error) {
      await this.discard(made);
      throw error;
    }
  }

  openForReading(file: string): Promise<FileHandle> {
    return open(join(this.folder, file), 'r');
  }

  /** Keeps files while they are read. Returns what lets go of them. */
  pin(files: readonly string[]): () => Promise<void> {
    for (const file of files) this.readers.set(file, (this.readers.get(file) ?? 0) + 1);
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      for (const file of files) {
        const left = (this.readers.get(file) ?? 0) - 1;
        if (left > 0) this.readers.set(file, left);
        else this.readers.delete(file);
      }
      await this.discard(files.filter(file => this.condemned.has(file)));
    };
  }

  /** Takes away files that nothing names any more, now or after their last reader. */
  async discard(files: readonly string[]): Promise<void> {
    for (const file of files) {
      if (this.readers.has(file)) {
        this.condemned.add(file);
      } else {
        this.condemned.delete(file);
        await rm(join(this.folder, file), { force: true });
      }
    }
  }

  /** At the start, before any request: takes away everything that is not in `named`. */
  async sweep(named: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(this.folder)) {
      if (!named.has(file)) await rm(join(this.folder, file), { force: true, recursive: true });
    }
  }
}
