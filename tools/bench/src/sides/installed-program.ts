import { access, constants } from 'node:fs/promises';
import { findOnPath, runCommand } from '@waybill/servers';
import type { Found } from './side.ts';

/**
 * Debian's program before one of the same name elsewhere: a version manager's shim starts a shell before the program,
 * which would be measured with it.
 */
export async function programPath(name: string): Promise<string | undefined> {
  const packaged = `/usr/bin/${name}`;
  const runs = await access(packaged, constants.X_OK).then(
    () => true,
    () => false,
  );
  return runs ? packaged : findOnPath([name]);
}

/** Looks for a program of another project; `debian` is the package that brings it. */
export async function findProgram(name: string, debian: string, args: readonly string[]): Promise<Found> {
  const path = await programPath(name);
  if (path === undefined) return { missing: `not installed (Debian: apt-get install ${debian})` };
  const [line = ''] = (await runCommand(path, args)).split('\n');
  return { version: /\d+\.\d+[\w.-]*/.exec(line)?.[0] ?? line };
}

/** Our environment without what would change how a peer works. */
export function peerEnvironment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const foreign = /^(AWS_|RCLONE_|NODE_OPTIONS$)|_PROXY$/i;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), ...variables };
}
