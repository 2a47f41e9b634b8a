import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { SFTPWrapper } from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import { startEmbeddedSftp, type EmbeddedSftp } from './embedded-sftp.ts';

const run = promisify(execFile);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('the embedded SFTP server', () => {
  let home: string;
  let root: string;
  let server: EmbeddedSftp;
  const clients: SftpClient[] = [];

  const start = (port = 0): Promise<EmbeddedSftp> =>
    startEmbeddedSftp({
      root,
      port,
      username: 'waybill',
      password: 'right',
      hostKeyFile: path.join(home, 'host_key'),
    });

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'waybill-sftp-'));
    root = path.join(home, 'root');
    server = await start();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(client => client.end()));
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  async function connect(password = 'right'): Promise<SftpClient> {
    const client = new SftpClient('test', {
      error: () => undefined,
      end: () => undefined,
      close: () => undefined,
    });
    const hostKey = Buffer.from(server.hostKey.split(' ')[1] ?? '', 'base64');
    await client.connect({
      host: '127.0.0.1',
      port: server.port,
      username: 'waybill',
      password,
      hostVerifier: (key: Buffer) => key.equals(hostKey),
    });
    clients.push(client);
    return client;
  }

  /** ssh2's own session, for requests that are sent without waiting. */
  const raw = (client: SftpClient): SFTPWrapper => (client as unknown as { sftp: SFTPWrapper }).sftp;

  it('keeps its host key over a restart and refuses a wrong password', async () => {
    await connect();
    await expect(connect('wrong')).rejects.toThrow(/authentication/i);
    const { port, hostKey } = server;
    await server.stop();
    server = await start(port);
    expect(server).toMatchObject({ port, hostKey });
    expect((await stat(path.join(home, 'host_key'))).mode & 0o777).toBe(0o600);
  });

  it('stores and gives back files of many names', async () => {
    const client = await connect();
    const names = ['plain', ' two  spaces ', 'Ümläut-ß', '📦🚚', '.dot', 'x'.repeat(255), '例'.repeat(85)];
    for (const name of names) await client.put(Buffer.from(name), `/${name}`);
    expect((await readdir(root)).sort()).toEqual([...names].sort());
    expect((await client.list('/')).map(entry => entry.name).sort()).toEqual([...names].sort());
    for (const name of names) expect(await client.get(`/${name}`)).toEqual(Buffer.from(name));
    await expect(client.put(Buffer.from('x'), `/${'y'.repeat(256)}`)).rejects.toThrow(/name too long/);
  });

  it('lists a directory of many files in full', async () => {
    await mkdir(path.join(root, 'many'));
    for (let at = 0; at < 700; at++) await writeFile(path.join(root, 'many', `file ${at}`), '');
    const client = await connect();
    expect(new Set((await client.list('/many')).map(entry => entry.name)).size).toBe(700);
  });

  it('takes pipelined writes in any order, and a close behind them', async () => {
    const sftp = raw(await connect());
    const bytes = randomBytes(6_000_000);
    const handle = await new Promise<Buffer>((resolve, reject) =>
      sftp.open('/shuffled', 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const chunk = 30_000;
    const offsets = Array.from({ length: bytes.length / chunk }, (_, at) => at * chunk);
    const shuffled = offsets.map((_, at) => offsets[(at * 77) % offsets.length] ?? 0);
    const acknowledged = shuffled.map(
      offset =>
        new Promise<void>((resolve, reject) =>
          sftp.write(handle, bytes, offset, chunk, offset, error => (error ? reject(error) : resolve())),
        ),
    );
    const closed = new Promise<void>((resolve, reject) =>
      sftp.close(handle, error => (error ? reject(error) : resolve())),
    );
    await Promise.all([...acknowledged, closed]);
    expect(sha256(await readFile(path.join(root, 'shuffled')))).toBe(sha256(bytes));
  });

  it('serves several clients at once', async () => {
    const files = await Promise.all(
      [1, 2, 3, 4].map(async number => {
        const client = await connect();
        const bytes = randomBytes(3_000_000 + number);
        await client.put(bytes, `/from-${number}`);
        return { name: `from-${number}`, sum: sha256(bytes) };
      }),
    );
    for (const { name, sum } of files) expect(sha256(await readFile(path.join(root, name)))).toBe(sum);
  });

  it('renames, but never over another file', async () => {
    const client = await connect();
    await client.put(Buffer.from('old'), '/old');
    await client.put(Buffer.from('new'), '/new');
    await expect(client.rename('/new', '/old')).rejects.toThrow(/exists/);
    await client.rename('/new', '/newer');
    expect(await readFile(path.join(root, 'old'), 'utf8')).toBe('old');
    expect(await readFile(path.join(root, 'newer'), 'utf8')).toBe('new');
  });

  it('makes and removes directories, and sets times and modes', async () => {
    const client = await connect();
    await client.mkdir('/a/b/c', true);
    await client.put(Buffer.from('x'), '/a/b/c/file');
    await expect(client.rmdir('/a')).rejects.toThrow(/not empty/);
    await client.chmod('/a/b/c/file', 0o640);
    await new Promise<void>((resolve, reject) =>
      raw(client).utimes('/a/b/c/file', 1_000_000, 1_500_000_000, error =>
        error instanceof Error ? reject(error) : resolve(),
      ),
    );
    expect(await client.stat('/a/b/c/file')).toMatchObject({ size: 1, modifyTime: 1_500_000_000_000 });
    expect((await stat(path.join(root, 'a/b/c/file'))).mode & 0o777).toBe(0o640);
    await client.rmdir('/a', true);
    expect(await readdir(root)).toEqual([]);
  });

  it('never leads out of its folder', async () => {
    await writeFile(path.join(home, 'outside'), 'not yours');
    await mkdir(path.join(home, 'elsewhere'));
    await symlink(path.join(home, 'outside'), path.join(root, 'link'));
    await symlink(path.join(home, 'elsewhere'), path.join(root, 'folder'));
    await symlink(path.join(home, 'nothing-yet'), path.join(root, 'dangling'));
    const client = await connect();
    await expect(client.get('/link')).rejects.toThrow(/out of the served folder/);
    await expect(client.put(Buffer.from('x'), '/folder/new')).rejects.toThrow(/out of the served folder/);
    await expect(client.put(Buffer.from('x'), '/dangling')).rejects.toThrow();
    await expect(client.get('/../outside')).rejects.toThrow();
    await expect(client.mkdir('/folder/sub')).rejects.toThrow();
    await client.delete('/link');
    expect(await readFile(path.join(home, 'outside'), 'utf8')).toBe('not yours');
    expect(await readdir(path.join(home, 'elsewhere'))).toEqual([]);
    expect((await readdir(home)).sort()).toEqual(['elsewhere', 'host_key', 'outside', 'root']);
  });

  it('tells no file from a folder, and answers what it does not do', async () => {
    const client = await connect();
    await expect(client.get('/absent')).rejects.toThrow(/no such file/i);
    await client.mkdir('/folder');
    await expect(client.put(Buffer.from('x'), '/folder')).rejects.toThrow(/directory/);
    await expect(
      new Promise<void>((resolve, reject) =>
        raw(client).symlink('/x', '/y', error => (error instanceof Error ? reject(error) : resolve())),
      ),
    ).rejects.toMatchObject({ code: 8 });
  });

  it("works with OpenSSH's sftp", async () => {
    const source = path.join(home, 'source');
    const bytes = randomBytes(5_000_001);
    await writeFile(source, bytes);
    const askpass = path.join(home, 'askpass');
    await writeFile(askpass, '#!/bin/sh\necho right\n', { mode: 0o755 });
    await writeFile(path.join(home, 'known'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    await writeFile(
      path.join(home, 'batch'),
      `mkdir in\nput "${source}" "in/ä b"\nrename "in/ä b" in/done\nget in/done "${source}.back"\n`,
    );
    const options = ['BatchMode=no', `UserKnownHostsFile=${home}/known`, 'StrictHostKeyChecking=yes'];
    await run(
      'sftp',
      [
        // BatchMode before -b, which would set it to yes and shut out the password.
        ...options.flatMap(option => ['-o', option]),
        ...['-b', path.join(home, 'batch'), '-P', String(server.port)],
        'waybill@127.0.0.1',
      ],
      {
        env: { PATH: process.env['PATH'], SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' },
        timeout: 15_000,
      },
    );
    expect(sha256(await readFile(path.join(root, 'in/done')))).toBe(sha256(bytes));
    expect(sha256(await readFile(`${source}.back`))).toBe(sha256(bytes));
  });
});
