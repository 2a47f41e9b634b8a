import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAlive } from './process-table.ts';
import { runAsRoot } from './run-command.ts';
import { sharedPlace } from './shared-place.ts';

/** A system user that exists for one test server, and the folder that its sessions see as `/`. */
export interface SshAccount {
  readonly username: string;
  readonly password: string;
  /** Root-owned, as are all folders above it: sshd refuses any other chroot, so it can't lie under /tmp. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

const prefix = 'wbtest-';
const rootOf = (username: string): string => `${sharedPlace}/${username}`;

/** The name of the server's configuration file, which its command line shows and no other process's does. */
export const configurationName = (username: string): string => `sshd-${username}.conf`;

/** Ends the account's server, where one runs; works also where it runs under sudo and takes no signals from us. */
export async function endServerOf(username: string, signal: 'TERM' | 'KILL'): Promise<void> {
  await runAsRoot('sh', ['-c', 'pkill "-$1" -f "sshd-$2[.]conf" || true', 'sh', signal, username]);
}

async function removeAccount(username: string): Promise<void> {
  await endServerOf(username, 'KILL');
  // Sessions that sshd left behind still run as the user and would keep it in use.
  await runAsRoot('sh', ['-c', 'pkill -KILL -u "$1" || true', 'sh', username]);
  await runAsRoot('userdel', ['--force', username]);
  await runAsRoot('rm', ['-rf', '--one-file-system', rootOf(username)]);
}

/** Accounts whose maker was killed before it could remove them; the maker's process id is in the comment field. */
async function removeOrphans(): Promise<void> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [username = '', , , , comment = ''] = line.split(':');
    const maker = /^waybill test of process (\d+)$/.exec(comment)?.[1];
    if (!username.startsWith(prefix) || maker === undefined || isAlive(Number(maker))) continue;
    // Two runs may sweep at once: the other one has removed it then.
    await removeAccount(username).catch(() => undefined);
  }
}

/** Makes the user with a password, its folder and the writable `/upload` in it. */
export async function makeSshAccount(): Promise<SshAccount> {
  await removeOrphans();
  const username = `${prefix}${randomBytes(4).toString('hex')}`;
  const password = randomBytes(18).toString('base64url');
  const root = rootOf(username);
  const comment = `waybill test of process ${String(process.pid)}`;
  const shell = ['--shell', '/usr/sbin/nologin'];
  await runAsRoot('useradd', [
    '--no-create-home',
    '--home-dir',
    '/',
    '--comment',
    comment,
    ...shell,
    username,
  ]);
  await runAsRoot('chpasswd', [], { input: `${username}:${password}\n` });
  await runAsRoot('install', ['-d', '-m', '0755', '-o', 'root', '-g', 'root', sharedPlace, root]);
  // Everybody may write: a test plants files there too.
  await runAsRoot('install', ['-d', '-m', '0777', '-o', username, `${root}/upload`]);
  return { username, password, root, remove: () => removeAccount(username) };
}
