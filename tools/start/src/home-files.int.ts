import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChildLog } from './child-log.ts';
import { ReadyFile } from './ready-file.ts';
import { loadSecrets } from './secrets.ts';
import { stablePorts } from './stable-ports.ts';

describe('files of the home folder', () => {
  let home: string;
  const file = (name: string): string => path.join(home, name);
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'waybill-home-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('keeps secrets that only their owner may read', async () => {
    const made = loadSecrets(file('secrets.json'));
    expect(loadSecrets(file('secrets.json'))).toEqual(made);
    expect((await stat(file('secrets.json'))).mode & 0o777).toBe(0o600);
    await writeFile(file('secrets.json'), '{"apiKey":"short"}');
    expect(() => loadSecrets(file('secrets.json'))).toThrow(/secrets.json can't be read/);
  });

  it('keeps ports while they are free', async () => {
    const before = await stablePorts(file('ports.json'), ['a', 'b']);
    expect(await stablePorts(file('ports.json'), ['a', 'b'])).toEqual(before);
    const squatter = createServer();
    await new Promise<void>(resolve => squatter.listen(before.a, '127.0.0.1', resolve));
    const after = await stablePorts(file('ports.json'), ['a', 'b']);
    await new Promise(resolve => squatter.close(resolve));
    expect(after.b).toBe(before.b);
    expect(after.a).not.toBe(before.a);
    const moved = await stablePorts(file('ports.json'), ['a', 'b'], [after.b]);
    expect(moved.b).not.toBe(after.b);
  });

  it('rotates a full log', async () => {
    const log = new ChildLog(file('app.log'), 10);
    for (const text of ['1234567\n', 'next\n', 'more\n']) log.write(Buffer.from(text));
    log.close();
    expect(await readFile(file('app.log.1'), 'utf8')).toBe('1234567\n');
    expect(await readFile(file('app.log'), 'utf8')).toBe('next\nmore\n');
  });

  it('tells of Waybill when every app is ready, and again after a restart', async () => {
    const urls = {
      'edge-ingester': 'http://127.0.0.1:1',
      'cloud-finalizer': 'http://127.0.0.1:2',
      'delivery-service': 'http://127.0.0.1:3',
      'admin-api': 'http://127.0.0.1:4',
    };
    const ready = new ReadyFile(file('ready.json'), { admin: 'http://127.0.0.1:4', apiKey: 'key' }, urls);
    ready.appIsReady('edge-ingester', 11);
    ready.appIsReady('cloud-finalizer', 12);
    ready.appIsReady('delivery-service', 13);
    await expect(stat(file('ready.json'))).rejects.toThrow('ENOENT');
    ready.appIsReady('admin-api', 14);
    ready.appIsReady('edge-ingester', 15);
    expect(JSON.parse(await readFile(file('ready.json'), 'utf8'))).toEqual({
      admin: 'http://127.0.0.1:4',
      apiKey: 'key',
      apps: {
        'edge-ingester': { pid: 15, url: 'http://127.0.0.1:1' },
        'cloud-finalizer': { pid: 12, url: 'http://127.0.0.1:2' },
        'delivery-service': { pid: 13, url: 'http://127.0.0.1:3' },
        'admin-api': { pid: 14, url: 'http://127.0.0.1:4' },
      },
    });
    expect((await stat(file('ready.json'))).mode & 0o777).toBe(0o600);
  });
});
