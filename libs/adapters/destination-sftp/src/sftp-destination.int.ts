import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { contentOf, FolderFarEnd, itemOf, NetworkTap, parcelOf } from '@waybill/conformance';
import type { DestinationAdapter, ParcelItem, Receipt, SecretRef } from '@waybill/contract';
import { runAsRoot, testServers } from '@waybill/servers';
import { sftpDestination } from './index.ts';

const { sftp } = testServers();
const secrets: Record<string, string> = {
  PASSWORD: sftp.password,
  KEY: sftp.privateKey,
  WRONG: 'not-the-password',
  BROKEN_KEY: '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n',
};
const reveal = (ref: SecretRef) => ('env' in ref ? (secrets[ref.env] ?? '') : '');

const directory = `/upload/int-${randomUUID()}`;
const folder = new FolderFarEnd(join(sftp.root, directory));
const open: DestinationAdapter[] = [];
let tap: NetworkTap;

function destination(over: Record<string, unknown> = {}): DestinationAdapter {
  const config = sftpDestination.config.parse({
    host: sftp.host,
    port: sftp.port,
    username: sftp.username,
    ...('privateKey' in over ? {} : { password: { env: 'PASSWORD' } }),
    hostKeys: sftp.hostKeys,
    directory,
    timeouts: { connect: '3s', request: '2s', idle: '300ms' },
    ...over,
  });
  const adapter = sftpDestination.create(config, { name: 'partner', reveal });
  open.push(adapter);
  return adapter;
}

const deliver = (adapter: DestinationAdapter, item: ParcelItem): Promise<readonly Receipt[]> =>
  adapter.deliver(parcelOf(item), () => undefined, new AbortController().signal);

beforeAll(async () => {
  await folder.make();
  tap = await NetworkTap.open(sftp.host, sftp.port);
});
afterEach(async () => {
  for (const adapter of open.splice(0)) await adapter.close();
});
afterAll(async () => {
  await tap.close();
  await folder.remove();
});

describe('an sftp destination tells what is wrong', () => {
  const some = () => itemOf('some.bin', contentOf(Buffer.from('some bytes')));

  it('a host key that is not pinned, with the line to pin', async () => {
    const stranger = `ssh-ed25519 ${Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from('ssh-ed25519'),
      Buffer.from([0, 0, 0, 32]),
      Buffer.alloc(32, 7),
    ]).toString('base64')}`;
    const shown = sftp.hostKeys.find(line => line.startsWith('ssh-ed25519')) ?? '';
    const [type, base64] = shown.split(' ');
    await expect(deliver(destination({ hostKeys: [stranger] }), some())).rejects.toMatchObject({
      name: 'AdapterError',
      code: 'unauthorized',
      message: expect.stringMatching(
        /^Destination "partner" .*SHA256:[A-Za-z0-9+/]{43}.*not pinned/,
      ) as string,
    });
    await expect(deliver(destination({ hostKeys: [stranger] }), some())).rejects.toThrow(
      `"${type} ${base64}"`,
    );
  });

  it.each([
    ['a wrong password', { password: { env: 'WRONG' } }, 'unauthorized', 'with the configured password'],
    ['an unknown user', { username: 'nobody-here' }, 'unauthorized', '"nobody-here"'],
    [
      'a key that is none',
      { privateKey: { env: 'BROKEN_KEY' } },
      'unauthorized',
      'privateKey cannot be used',
    ],
    ['a port where nothing listens', { port: 1 }, 'unreachable', 'refused'],
    [
      'a host that is not there',
      { host: 'no-such-host.invalid' },
      'unreachable',
      'sftp://no-such-host.invalid',
    ],
  ])('%s', async (_what, over, code, words) => {
    const failed = deliver(destination(over), some());
    await expect(failed).rejects.toMatchObject({ name: 'AdapterError', code });
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.not.toThrow(/not-the-password|c2VjcmV0/);
  });

  it('a peer that accepts and says nothing, within the time to connect', async () => {
    const mute = createServer();
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const since = performance.now();
    await expect(
      deliver(destination({ host: '127.0.0.1', port, timeouts: { connect: '500ms' } }), some()),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('0.5 s') as string });
    expect(performance.now() - since).toBeLessThan(2_000);
    mute.close();
  });

  it('a folder that may not be written', async () => {
    await mkdir(join(folder.root, 'locked'));
    await chmod(join(folder.root, 'locked'), 0o755);
    await expect(
      deliver(destination(), itemOf('locked/a.bin', contentOf(Buffer.from('a')))),
    ).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`${directory}/locked`) as string,
    });
  });

  it('a file where a folder has to be', async () => {
    await writeFile(join(folder.root, 'plain'), 'a file');
    await expect(
      deliver(destination(), itemOf('plain/a.bin', contentOf(Buffer.from('a')))),
    ).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('is a file and not a folder') as string,
    });
  });

  it('a name that the server finds too long', async () => {
    const item = itemOf(`${'n'.repeat(300)}.bin`, contentOf(Buffer.from('a')));
    await expect(deliver(destination(), item)).rejects.toMatchObject({ code: 'rejected' });
  });
});

describe('an sftp destination on a full disk', () => {
  const small = join(folder.root, 'small');
  const mount = (...args: string[]) => runAsRoot('mount', ['-t', 'tmpfs', ...args, 'tmpfs', small]);

  beforeAll(async () => {
    await mkdir(small);
    await mount('-o', 'size=2m,mode=777');
  });
  afterAll(() => runAsRoot('umount', [small]));

  it('says so, leaves nothing, and delivers once there is room', async () => {
    const adapter = destination({ directory: `${directory}/small` });
    const item = itemOf('big.bin', contentOf(Buffer.alloc(5_000_000, 'x')));
    await expect(deliver(adapter, item)).rejects.toMatchObject({
      code: 'out-of-space',
      message: expect.stringMatching(/no room for .*small\/big\.bin: \d+ bytes .* are free/) as string,
    });
    expect(await new FolderFarEnd(small).list()).toHaveLength(0);
    await runAsRoot('mount', ['-o', 'remount,size=20m', small]);
    const [receipt] = await deliver(adapter, { ...item, fence: 2 });
    expect(receipt?.outcome).toBe('delivered');
    expect((await readFile(join(small, 'big.bin'))).length).toBe(5_000_000);
  });
});

describe('an sftp destination delivers', () => {
  it('with a private key, to a server of which another key than its favourite is pinned', async () => {
    const ecdsa = sftp.hostKeys.filter(line => line.startsWith('ecdsa'));
    expect(ecdsa).toHaveLength(1);
    const adapter = destination({ privateKey: { env: 'KEY' }, hostKeys: ecdsa });
    const [receipt] = await deliver(adapter, itemOf('keyed.bin', contentOf(Buffer.from('k'))));
    expect(receipt).toMatchObject({
      outcome: 'delivered',
      proofLevel: 'size',
      evidence: { fsync: true, rename: 'rename' },
    });
  });

  it('over another file when told to replace', async () => {
    await folder.put('replaced.bin', Buffer.from('theirs'));
    const item = itemOf('replaced.bin', contentOf(Buffer.from('ours!!')));
    const [receipt] = await deliver(destination({ overwrite: 'replace' }), item);
    expect(receipt).toMatchObject({ outcome: 'delivered', evidence: { rename: 'posix-rename' } });
    expect((await folder.read('replaced.bin'))?.toString()).toBe('ours!!');
  });

  it('and calls it delivered when the partner took the file before the answer came', async () => {
    const adapter = destination({ host: '127.0.0.1', port: tap.port });
    tap.loseAnswerWhen(async () => {
      if ((await folder.read('taken/fast.bin')) === undefined) return false;
      await rm(join(folder.root, 'taken/fast.bin'));
      return true;
    });
    const [receipt] = await deliver(adapter, itemOf('taken/fast.bin', contentOf(Buffer.from('fast'))));
    expect(receipt).toMatchObject({
      outcome: 'delivered',
      proofLevel: 'size',
      evidence: { takenByPartner: true, renameAnswerLost: true },
    });
  });

  it('and takes its temporary file away when the connection is cut and the server still there', async () => {
    const adapter = destination({ host: '127.0.0.1', port: tap.port });
    const content = contentOf(Buffer.alloc(4_000_000, 'y'));
    let cut = false;
    const failed = adapter.deliver(
      parcelOf(itemOf('cut/off.bin', content)),
      () => {
        if (!cut) tap.cut();
        cut = true;
      },
      new AbortController().signal,
    );
    await expect(failed).rejects.toMatchObject({ code: 'unreachable' });
    expect((await folder.list()).filter(name => name.startsWith('cut/'))).toHaveLength(0);
  });

  it('on one connection while there is work, and on none soon after', async () => {
    const adapter = destination({ host: '127.0.0.1', port: tap.port });
    for (const name of ['one', 'two', 'three']) {
      await deliver(adapter, itemOf(`work/${name}.bin`, contentOf(Buffer.from(name))));
      expect(tap.connections()).toBe(1);
    }
    await new Promise(resolve => setTimeout(resolve, 900));
    expect(tap.connections()).toBe(0);
  });

  it('on a new connection when the idle one does not answer any more', async () => {
    const adapter = destination({
      host: '127.0.0.1',
      port: tap.port,
      timeouts: { connect: '2s', request: '500ms', idle: '10s' },
    });
    await deliver(adapter, itemOf('stale/one.bin', contentOf(Buffer.from('1'))));
    tap.silence();
    await new Promise(resolve => setTimeout(resolve, 600));
    const second = deliver(adapter, itemOf('stale/two.bin', contentOf(Buffer.from('2'))));
    // Long before the deadline: the check of the old connection is still waiting for its answer.
    await new Promise(resolve => setTimeout(resolve, 200));
    tap.heal();
    const [receipt] = await second;
    expect(receipt?.outcome).toBe('delivered');
  });
});
