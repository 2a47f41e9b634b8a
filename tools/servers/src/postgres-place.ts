import { chmod, chown, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SystemUser } from './postgres-user.ts';
import { canReach, folderHash, makeSharedPlace } from './shared-place.ts';

/** Where a cluster really lies and where its password is kept. */
export interface PostgresPlace {
  /** The wanted folder, a real path. */
  readonly wanted: string;
  /** Postgres's own data folder, a real path: the wanted folder, or one elsewhere. */
  readonly data: string;
  /** Mode 0600, beside the wanted folder. */
  readonly passwordFile: string;
  readonly logFile: string;
  /** The data folder lies elsewhere, left over from a wanted folder that was deleted since. */
  readonly abandoned: boolean;
}

const note = 'DATA-IS-ELSEWHERE';

/**
 * Decides where the cluster of `wanted` lies: there, unless we are root and `user` cannot reach it (a checkout under
 * /root). Then it lies in /var/lib/waybill/<hash of the wanted folder> and the wanted folder holds a note that says so;
 * without the note what lies elsewhere is abandoned: who deletes the wanted folder means the data.
 */
export async function postgresPlace(wanted: string, user: SystemUser | undefined): Promise<PostgresPlace> {
  const parent = dirname(resolve(wanted));
  await mkdir(parent, { recursive: true, mode: 0o755 });
  const folder = join(await realpath(parent), basename(resolve(wanted)));
  const beside = { wanted: folder, passwordFile: `${folder}.password`, logFile: `${folder}.log` };
  if (user === undefined) return { data: folder, ...beside, abandoned: false };
  const noted = await readFile(join(folder, note), 'utf8').catch(() => undefined);
  if (noted === undefined && (await canReach(user, parent)))
    return { data: folder, ...beside, abandoned: false };
  if (noted === undefined && (await exists(join(folder, 'PG_VERSION')))) {
    throw new Error(
      `The database in ${folder} cannot be reached by the user with id ${String(user.uid)} whom Postgres runs as; allow that user to pass the folders above it (chmod o+x), or move the checkout.`,
    );
  }
  const data = join(await makeSharedPlace(), await folderHash(folder));
  if (noted === undefined) return { data, ...beside, abandoned: await exists(data) };
  return { data, ...beside, abandoned: false };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Leaves the note in the wanted folder of a cluster that lies elsewhere. */
export async function leaveNote(place: PostgresPlace): Promise<void> {
  if (place.data === place.wanted) return;
  await mkdir(place.wanted, { recursive: true });
  await writeFile(
    join(place.wanted, note),
    `The database lies in ${place.data}, since its system user cannot reach this folder.\nDelete this folder to begin with an empty database.\n`,
  );
}

/** An empty folder or file that belongs to whom Postgres runs as. */
export async function giveTo(user: SystemUser | undefined, path: string, mode: number): Promise<void> {
  await chmod(path, mode);
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** Removes the data of a cluster whose wanted folder is gone. */
export const forget = (place: PostgresPlace): Promise<void> =>
  rm(place.data, { recursive: true, force: true });
