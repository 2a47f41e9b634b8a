import { createHash, randomFill } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The files of one scenario, the same for every side. */
export interface FileSet {
  /** Holds exactly these files. */
  readonly folder: string;
  /** Bytes by path below the folder, with '/'. No two files share a name. */
  readonly files: ReadonlyMap<string, number>;
  /** The one file whose content is read back from the store and compared, lower-case hex SHA-256. */
  readonly sample: { readonly path: string; readonly sha256: string };
}

const fill = promisify(randomFill);
const slice = 16 * 1024 ** 2;

/** Writes a file of random bytes, so that nothing on the way can pack it; answers its SHA-256. */
export async function writeRandomFile(folder: string, path: string, size: number): Promise<string> {
  const target = join(folder, path);
  await mkdir(join(target, '..'), { recursive: true });
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(Math.min(slice, size));
  const handle = await open(target, 'w');
  try {
    for (let left = size; left > 0; left -= buffer.byteLength) {
      await fill(buffer);
      const bytes = buffer.subarray(0, Math.min(left, buffer.byteLength));
      hash.update(bytes);
      await handle.writeFile(bytes);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

export const totalSize = ({ files }: FileSet): number =>
  [...files.values()].reduce((sum, size) => sum + size, 0);
