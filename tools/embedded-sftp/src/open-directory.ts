import type { Dir } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import type { FileEntry } from 'ssh2';
import { attributesOf, longName } from './file-attributes.ts';
import { OperationOrder } from './operation-order.ts';
import { SftpError, sftpStatus } from './sftp-status.ts';

/** Entries in one answer: names of 255 bytes, twice, stay far below a packet's 256 KiB. */
const entriesAtOnce = 128;

/** A directory that a client lists. */
export class OpenDirectory {
  readonly #directory: Dir;
  readonly #order = new OperationOrder();

  private constructor(directory: Dir) {
    this.#directory = directory;
  }

  static async open(target: string): Promise<OpenDirectory> {
    return new OpenDirectory(await opendir(target));
  }

  /** The next entries; after the last: 'end of file'. */
  next(): Promise<readonly FileEntry[]> {
    return this.#order.alone(async () => {
      const entries: FileEntry[] = [];
      while (entries.length < entriesAtOnce) {
        const found = await this.#directory.read();
        if (found === null) break;
        const entry = await this.#entry(found.name);
        if (entry !== undefined) entries.push(entry);
      }
      if (entries.length === 0) throw new SftpError(sftpStatus.endOfFile, 'end of directory');
      return entries;
    });
  }

  close(): Promise<void> {
    return this.#order.alone(() => this.#directory.close());
  }

  /** Undefined when the file went away since its name was read. */
  async #entry(filename: string): Promise<FileEntry | undefined> {
    try {
      const stats = await lstat(path.join(this.#directory.path, filename));
      return { filename, longname: longName(filename, stats), attrs: attributesOf(stats) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
