import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';

const skipped = new Set(['node_modules', 'dist', '.nx', '.waybill', '.git']);

async function* filesIn(path) {
  let entries;
  try {
    entries = await readdir(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') yield path;
    else if (error.code !== 'ENOENT') throw error;
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.has(entry.name)) continue;
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(child);
    else if (entry.isFile()) yield child;
  }
}

/** SHA-256 over names and content of these files and folders of the checkout, without what is built or installed. */
export async function fingerprintOf(paths) {
  const hash = createHash('sha256').update(
    `${process.platform}-${process.arch}-${process.versions.modules}\n`,
  );
  for (const path of paths) {
    for await (const file of filesIn(path)) {
      const content = createHash('sha256').update(await readFile(join(root, file)));
      hash.update(`${file}\0${content.digest('hex')}\n`);
    }
  }
  return hash.digest('hex');
}

/** Whether `file` holds this fingerprint: the step that writes it last was done with just these inputs. */
export const isRecorded = async (file, fingerprint) =>
  (await readFile(join(root, file), 'utf8').catch(() => '')).trim() === fingerprint;

/** Forgets that a step was done: it is about to be redone, and may break. */
export const forget = file => rm(join(root, file), { force: true });

/** Records that a step was done. */
export async function record(file, fingerprint) {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${fingerprint}\n`);
  await rename(`${path}.new`, path);
}
