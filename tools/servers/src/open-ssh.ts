import { chmod, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { configurationName, endServerOf, makeSshAccount, type SshAccount } from './open-ssh-account.ts';
import { onFreePort } from './on-free-port.ts';
import { isRoot, runAsRoot, runCommand } from './run-command.ts';
import { spawnServer, type ServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until.ts';

/** The Debian packages that {@link startOpenSsh} needs. */
export const openSshPackages = ['openssh-server', 'procps'] as const;

export interface RunningOpenSsh {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** The user's key in OpenSSH's format, without a passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` and `ecdsa-sha2-nistp256 AAAA…`. */
  readonly hostKeys: readonly string[];
  /** What a session sees as `/`; `<root>/upload` is writable. */
  readonly root: string;
  readonly stop: () => Promise<void>;
}

const keyTypes = ['ed25519', 'ecdsa'] as const;

async function makeKey(type: string, file: string): Promise<string> {
  await runCommand('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'waybill-test', '-f', file]);
  const [algorithm = '', key = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  return `${algorithm} ${key}`;
}

const configuration = (folder: string, port: number, account: SshAccount): string =>
  [
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    ...keyTypes.map(type => `HostKey "${join(folder, `host_${type}`)}"`),
    'PidFile none',
    `AuthorizedKeysFile "${join(folder, 'authorized_keys')}"`,
    `AllowUsers ${account.username}`,
    'PasswordAuthentication yes',
    'PubkeyAuthentication yes',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'UseDNS no',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
    'ForceCommand internal-sftp',
    `ChrootDirectory ${account.root}`,
    'AllowTcpForwarding no',
    'X11Forwarding no',
  ].join('\n') + '\n';

/** Resolves when the server greets as SSH servers do. */
const greet = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(5000, () => socket.destroy(new Error('no greeting within 5 s')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without a greeting')));
    socket.once('data', data => {
      if (data.toString('latin1').startsWith('SSH-2.0-')) resolve();
      socket.destroy();
    });
  });

/** Without root, sshd runs under sudo, which takes no signals from us. */
async function stopWithSudo(username: string, server: ServerProcess): Promise<void> {
  if (!server.ended()) await endServerOf(username, 'TERM');
  await server.exited;
}

/**
 * Starts OpenSSH's own server for SFTP alone, with its own keys, user and chroot, so that several run side by side.
 * `dataFolder` holds the keys; what is uploaded lies in `root`, which {@link RunningOpenSsh.stop} removes with the user.
 * Needs {@link openSshPackages} and root or passwordless sudo.
 */
export async function startOpenSsh(options: { readonly dataFolder: string }): Promise<RunningOpenSsh> {
  await mkdir(options.dataFolder, { recursive: true });
  const folder = await realpath(options.dataFolder);
  // sshd reads the authorized keys as the user who logs in.
  await chmod(folder, 0o755);
  const hostKeys = await Promise.all(keyTypes.map(type => makeKey(type, join(folder, `host_${type}`))));
  const userKey = await makeKey('ed25519', join(folder, 'user_key'));
  await writeFile(join(folder, 'authorized_keys'), `${userKey}\n`);
  await chmod(join(folder, 'authorized_keys'), 0o644);
  const account = await makeSshAccount();
  const launch = async (port: number): Promise<ServerProcess> => {
    const file = join(folder, configurationName(account.username));
    await writeFile(file, configuration(folder, port, account));
    const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', file];
    const [command = '', ...args] = isRoot() ? sshd : ['sudo', '-n', ...sshd];
    const logFile = join(folder, 'sshd.log');
    const server = await spawnServer({ name: 'sshd', command, args, logFile, cwd: '/', dieWithParent: true });
    const patience = { name: `sshd (log: ${logFile})`, milliseconds: 15_000, server };
    await waitUntilReady(() => greet(port), patience);
    return server;
  };
  try {
    // Where the privilege-separated half of sshd lives; systemd would make it.
    await runAsRoot('install', ['-d', '-m', '0755', '/run/sshd']);
    const { port, server } = await onFreePort(undefined, launch);
    return {
      host: '127.0.0.1',
      port,
      username: account.username,
      password: account.password,
      privateKey: await readFile(join(folder, 'user_key'), 'utf8'),
      hostKeys,
      root: account.root,
      stop: async () => {
        await (isRoot() ? server.stop() : stopWithSudo(account.username, server));
        await account.remove();
      },
    };
  } catch (error) {
    await account.remove();
    throw error;
  }
}
