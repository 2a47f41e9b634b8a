import { access, chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { holdServer } from './fixtures/server-holder.ts';
import { startOpenSsh, type RunningOpenSsh } from './open-ssh.ts';
import { runCommand } from './run-command.ts';

type Login = Pick<ssh2.ConnectConfig, 'password' | 'privateKey'>;

/** Logs in, with the server's key pinned, and writes a file. */
const upload = (server: RunningOpenSsh, login: Login, path: string, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once('error', reject);
    client.once('ready', () => {
      client.sftp((failure, sftp) => {
        if (failure) return reject(failure);
        sftp.writeFile(path, text, error => {
          client.end();
          if (error) reject(error);
          else resolve();
        });
      });
    });
    const isKnown = (key: Buffer) =>
      server.hostKeys.some(known => known.endsWith(` ${key.toString('base64')}`));
    const { host, port, username } = server;
    client.connect({ host, port, username, ...login, hostVerifier: isKnown });
  });

const userExists = async (name: string): Promise<boolean> =>
  (await readFile('/etc/passwd', 'utf8')).split('\n').some(line => line.startsWith(`${name}:`));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Command lines of all processes that name this folder. */
const processesOf = async (folder: string): Promise<string[]> =>
  (await runCommand('ps', ['-A', '-o', 'args=']))
    .split('\n')
    .filter(line => line.includes(folder) && !line.includes('hold-server'));

describe('servers for tests alone', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp('/var/tmp/waybill-only-');
    await chmod(folder, 0o711);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('OpenSSH takes password and key, side by side with another, and leaves nothing', async () => {
    const one = await startOpenSsh({ dataFolder: join(folder, 'one') });
    const two = await startOpenSsh({ dataFolder: join(folder, 'two') });
    try {
      await upload(one, { password: one.password }, '/upload/by password', 'a');
      await upload(two, { privateKey: two.privateKey }, '/upload/by-key', 'b');
      expect(await readFile(join(one.root, 'upload', 'by password'), 'utf8')).toBe('a');
      expect(await readFile(join(two.root, 'upload', 'by-key'), 'utf8')).toBe('b');
      await expect(upload(one, { password: two.password }, '/upload/x', 'x')).rejects.toThrow(
        /authentication/,
      );
    } finally {
      await one.stop();
      await two.stop();
    }
    expect(await userExists(one.username)).toBe(false);
    expect(await exists(two.root)).toBe(false);
    expect(await processesOf(folder)).toEqual([]);
  }, 60_000);

  it('the next OpenSSH removes the user and the files of one whose starter was killed', async () => {
    const holder = await holdServer('openssh', join(folder, 'killed'));
    const left = { username: String(holder.server['username']), root: String(holder.server['root']) };
    await holder.kill();
    expect(await userExists(left.username)).toBe(true);
    const next = await startOpenSsh({ dataFolder: join(folder, 'next') });
    try {
      expect(await userExists(left.username)).toBe(false);
      expect(await exists(left.root)).toBe(false);
    } finally {
      await next.stop();
    }
  }, 60_000);

  it('Swift ends with the process that started it, even by kill -9', async () => {
    const holder = await holdServer('swift', join(folder, 'swift'));
    expect(await processesOf(folder)).toHaveLength(4);
    await holder.kill();
    for (let tries = 0; tries < 50 && (await processesOf(folder)).length > 0; tries += 1) await sleep(100);
    expect(await processesOf(folder)).toEqual([]);
    await expect(fetch(String(holder.server['endpoint']))).rejects.toThrow();
  }, 60_000);
});
