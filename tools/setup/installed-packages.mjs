import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.mjs';

const packagesOf = async file => JSON.parse(await readFile(join(root, file), 'utf8')).packages;

const isSame = (wanted, found) => wanted.version === found.version && wanted.integrity === found.integrity;

/**
 * Whether npm's own record of what it installed (written when an installation is whole) holds just the packages of the
 * lock file: so it is after a developer's `npm install`, and `npm ci` would only do the same again. Packages for other
 * platforms may be missing.
 */
export async function isInstalledByHand() {
  try {
    const wanted = await packagesOf('package-lock.json');
    const found = await packagesOf('node_modules/.package-lock.json');
    const isThere = ([path, entry]) =>
      path === '' || (found[path] ? isSame(entry, found[path]) : entry.optional === true);
    return Object.entries(wanted).every(isThere) && Object.keys(found).every(path => path in wanted);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
