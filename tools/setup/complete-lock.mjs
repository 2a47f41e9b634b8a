/**
 * `node tools/setup/complete-lock.mjs`: adds to package-lock.json the optional packages for other platforms that npm left
 * out because the registry did not have them when the lock file was written (a mirror may lag behind). `npm ci` refuses
 * a lock file without them, although it would not install one of them here. Run it after `npm install`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.mjs';

const systems = [
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'android',
  'openharmony',
  'aix',
  'sunos',
  'netbsd',
  'openbsd',
];
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
};
const libraries = { gnu: 'glibc', musl: 'musl' };

/** What a package's name says about where it runs: `…-linux-arm-gnueabihf`, `…-darwin-x64`. */
function platformOf(name) {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.find(word => systems.includes(word));
  const cpu = words.map(word => processors[word]).find(Boolean);
  const libc = words.map(word => libraries[word]).find(Boolean);
  return os && cpu ? { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] } : undefined;
}

/** Every optional dependency of the lock file that has no entry, with its wanted version and who wants it. */
export function missingFrom(lock) {
  const isListed = (path, name) => {
    for (
      let folder = path;
      ;
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
    ) {
      if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
      if (folder === '') return false;
    }
  };
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isListed(path, name))
      .map(([name, version]) => ({ name, version, by: entry })),
  );
}

async function completeLock() {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(await readFile(file, 'utf8'));
  const added = missingFrom(lock);
  for (const { name, version, by } of added) {
    const platform = platformOf(name);
    if (platform === undefined || !/^\d/.test(version)) {
      throw new Error(
        `${name}@${version} is missing from package-lock.json, and its name doesn't say where it runs.`,
      );
    }
    const flags = Object.fromEntries(
      ['dev', 'devOptional'].filter(flag => by[flag]).map(flag => [flag, true]),
    );
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...flags, optional: true };
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    added.length === 0 ? 'The lock file is whole.' : `Added: ${added.map(({ name }) => name).join(', ')}`,
  );
}

if (process.argv[1]?.endsWith('complete-lock.mjs')) await completeLock();
