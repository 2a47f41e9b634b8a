import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runCommand } from './run-command.ts';
import type { SystemUser } from './postgres-user.ts';

/** Where root keeps what another user must reach and cannot reach in the checkout. */
export const sharedPlace = '/var/lib/waybill';

/** Makes {@link sharedPlace}, open to pass through for everybody whatever the umask is. */
export async function makeSharedPlace(): Promise<string> {
  await mkdir(sharedPlace, { recursive: true });
  await chmod(sharedPlace, 0o755);
  return sharedPlace;
}

/** The same 16 hexadecimal digits for the same folder, also when it is reached through another link. */
export async function folderHash(folder: string): Promise<string> {
  const parent = await realpath(dirname(resolve(folder)));
  return createHash('sha256')
    .update(join(parent, resolve(folder).slice(dirname(resolve(folder)).length)))
    .digest('hex')
    .slice(0, 16);
}

/** Whether the user can read this file or enter this folder, found out as that user and not from mode bits. */
export const canReach = (user: SystemUser, path: string): Promise<boolean> =>
  runCommand('/bin/sh', ['-c', 'if [ -d "$1" ]; then cd "$1"; else [ -r "$1" ]; fi', 'sh', path], user).then(
    () => true,
    () => false,
  );
