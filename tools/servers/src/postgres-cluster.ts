import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clearLeftovers } from './clear-leftovers.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { forget, giveTo, leaveNote, type PostgresPlace } from './postgres-place.ts';
import type { SystemUser } from './postgres-user.ts';
import { runCommand } from './run-command.ts';

/** The superuser that initdb makes. */
export const superuser = 'waybill';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );

/** The first line of postmaster.pid: the process that leads the cluster, or led it. */
async function leaderOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 1 ? pid : undefined;
}

/**
 * Stops what an earlier run left of this cluster: fast shutdown, then immediate, then by force. Processes whose leader
 * was killed notice it themselves within moments. What is left of the process id then names nobody, or a stranger who got
 * the same number and whom Postgres would take for its own leader.
 */
export async function clearCluster(data: string): Promise<void> {
  await clearLeftovers({
    folder: data,
    programs: ['postgres'],
    leader: await leaderOf(data),
    signals: [
      ['SIGINT', 8000],
      ['SIGQUIT', 3000],
      ['SIGKILL', 3000],
    ],
  });
  await rm(join(data, 'postmaster.pid'), { force: true });
}

/** The superuser's password: kept from the first start, mode 0600, never in a command line. */
async function passwordOf(place: PostgresPlace, isNew: boolean): Promise<string> {
  if (isNew) {
    const password = randomBytes(24).toString('base64url');
    await rm(place.passwordFile, { force: true });
    await writeFile(place.passwordFile, `${password}\n`, { mode: 0o600 });
    return password;
  }
  try {
    return (await readFile(place.passwordFile, 'utf8')).trim();
  } catch (cause) {
    throw new Error(
      `The password of the database in ${place.data} cannot be read from ${place.passwordFile}; bring that file back, or delete ${place.wanted} to begin with an empty database.`,
      { cause },
    );
  }
}

/**
 * Makes sure that a cluster is there and nobody runs it, and gives the superuser's password. initdb works under another
 * name, so a cluster that was killed half-made is made anew.
 */
export async function openCluster(
  place: PostgresPlace,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
): Promise<string> {
  await clearCluster(place.data);
  if (place.abandoned) await forget(place);
  if (await isThere(join(place.data, 'PG_VERSION'))) return passwordOf(place, false);
  const password = await passwordOf(place, true);
  const draft = `${place.data}.initdb`;
  const passwordFile = `${draft}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  await giveTo(user, draft, 0o700);
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(user, passwordFile, 0o600);
  try {
    const flags = [
      '--auth=scram-sha-256',
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
    ];
    // Postgres's own C.UTF-8: the same order of texts on every machine, whatever locales it has.
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    await runCommand(binaries.initdb, [`--pgdata=${draft}`, ...flags, ...locale], user);
  } finally {
    await rm(passwordFile, { force: true });
  }
  // An empty folder, or one that holds nothing of ours, may stand where the cluster goes.
  await rename(draft, place.data);
  await leaveNote(place);
  return password;
}
