import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installDebianPackages } from '../servers/src/debian-packages.mjs';
import { Problem } from './problem.mjs';
import { runTool } from './run-tool.mjs';
import { canBeRoot } from './superuser.mjs';

/** Also where an ordinary user's PATH does not look. */
const alsoIn = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin'];
const byHand =
  'install Redis or Valkey by hand (Debian and Ubuntu: apt-get install redis-server) and run the command again';

async function find(programs) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...alsoIn];
  const runs = path =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
  for (const path of folders.flatMap(folder => programs.map(program => join(folder, program)))) {
    if (await runs(path)) return path;
  }
  return undefined;
}

async function install() {
  if (process.platform === 'darwin') {
    const brew = await find(['brew']);
    if (brew === undefined)
      throw new Problem(`Redis is not installed, nor is Homebrew to install it with; ${byHand}.`);
    return runTool(brew, ['install', 'redis']);
  }
  if ((await find(['apt-get'])) === undefined) {
    throw new Problem(
      `Redis is not installed, and this system has no apt-get to install it with; ${byHand}.`,
    );
  }
  if (!(await canBeRoot())) {
    throw new Problem(
      `Redis is not installed, and installing it needs root or passwordless sudo; ${byHand}.`,
    );
  }
  return installDebianPackages(['redis-server']);
}

/** Makes sure that there is a Redis (or Valkey) to start; it is found, or installed without starting its service. */
export async function findOrInstallRedis() {
  const programs = ['redis-server', 'valkey-server'];
  if ((await find(programs)) !== undefined) return;
  console.log('Waybill set-up: installing Redis …');
  try {
    await install();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(`Redis could not be installed: ${cause.message}`, { cause });
  }
  if ((await find(programs)) === undefined)
    throw new Problem(`Redis was installed but is not to be found; ${byHand}.`);
}
