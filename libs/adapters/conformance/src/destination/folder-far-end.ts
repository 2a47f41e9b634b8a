import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * Looks at a destination whose root is a folder on this disk, from the disk's side. Folders that it makes are open to
 * every user, since the server behind the adapter writes as another one.
 */
export class FolderFarEnd {
  constructor(readonly root: string) {}

  async make(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    await chmod(this.root, 0o777);
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.root, key));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(): Promise<string[]> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    return entries
      .filter(entry => !entry.isDirectory())
      .map(entry => relative(this.root, join(entry.parentPath, entry.name)));
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    const file = join(this.root, key);
    await mkdir(dirname(file), { recursive: true });
    await chmod(dirname(file), 0o777);
    await writeFile(file, bytes);
  }

  async stamp(key: string): Promise<string> {
    const { ino, mtimeNs, ctimeNs } = await stat(join(this.root, key), { bigint: true });
    return `${ino} ${mtimeNs} ${ctimeNs}`;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ENOENT';
