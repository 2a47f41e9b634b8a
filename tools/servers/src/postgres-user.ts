import { stat } from 'node:fs/promises';
import { isRoot, runCommand } from './run-command.ts';

/** An unprivileged user of this machine. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const ownUser = 'waybill-postgres';

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const uid = Number(await runCommand('id', ['-u', name]));
    const gid = Number(await runCommand('id', ['-g', name]));
    return uid > 0 ? { uid, gid } : undefined;
  } catch {
    // `id` fails for a user who does not exist: the answer, not a fault.
    return undefined;
  }
}

/**
 * Whom Postgres runs as, since it refuses root. Undefined for an ordinary user: then it runs as that user. As root: the
 * owner of a data folder that exists already, else the user `postgres`, else a system user of our own, which is made.
 */
export async function postgresUser(dataFolder: string): Promise<SystemUser | undefined> {
  if (!isRoot()) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const known = (await lookUp('postgres')) ?? (await lookUp(ownUser));
  if (known !== undefined) return known;
  try {
    await runCommand('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      ownUser,
    ]);
  } catch (cause) {
    throw new Error(
      `Postgres does not run as root and a system user for it could not be made; start as an ordinary user, or create the user "postgres". (${String(cause)})`,
      { cause },
    );
  }
  const made = await lookUp(ownUser);
  if (made === undefined) throw new Error(`The system user ${ownUser} was made but cannot be found.`);
  return made;
}
