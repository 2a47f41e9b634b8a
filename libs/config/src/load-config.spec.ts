import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, destinationsOf, jsonSchema, landingSettings, loadConfig, sourcesOf } from './index.ts';
import { destinations, made, sources, whole } from './spec-example.ts';

let folder: string;
const file = () => join(folder, 'waybill.yaml');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
  made.length = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  delete process.env['S3_KEY'];
  delete process.env['S3_SECRET'];
  delete process.env['WAYBILL_EMBEDDED_S3'];
  delete process.env['WAYBILL_EMBEDDED_SFTP'];
});

async function load(text: string) {
  await writeFile(file(), text);
  return loadConfig(file(), { sources, destinations });
}

async function refusal(text: string): Promise<string> {
  const failure: unknown = await load(text).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  expect((failure as ConfigError).exitCode).toBe(78);
  return (failure as ConfigError).message;
}

describe('waybill.yaml', () => {
  it('is read whole: defaults, units, templates and paths from its own folder', async () => {
    const config = await load(whole);
    expect(config).toMatchObject({
      node: 'court-1',
      folder,
      landing: { bucket: 'waybill', region: 'us-east-1', checksum: 'auto', embedded: false },
      sources: [
        {
          name: 'model-csv',
          options: { path: join(folder, 'inbox/model') },
          scanEveryMs: 2_000,
          idleMs: 500,
        },
        { name: 'cams', options: { path: '/cams' }, idleMs: 10_000 },
      ],
      destinations: [{ name: 'partner', options: { port: 22 }, embedded: false }, { name: 'archive' }],
      routes: [
        {
          from: 'model-csv',
          key: { text: '{source}/{date}/{filename}' },
          deliver: [
            { to: 'partner', directory: undefined, after: [] },
            { to: 'archive', directory: 'model', after: ['partner'] },
          ],
          metadata: 'media',
          deliverIncomplete: false,
        },
        { from: 'cams', key: { text: '{source}/{key}' }, metadata: 'always', deliverIncomplete: true },
      ],
      finalizer: { staleScanEveryMs: 30_000, streamTimeoutMs: 60_000, edgeLostAfterMs: 86_400_000 },
    });
    expect(Object.isFrozen(config.sources[0]?.options)).toBe(true);
  });

  it('makes an adapter only when it is asked for, once, and reveals secrets only then', async () => {
    const config = await load(whole);
    const [partner] = destinationsOf(config);
    expect(sourcesOf(config).map(({ name }) => name)).toEqual(['model-csv', 'cams']);
    expect(made).toEqual([]);
    expect(partner?.adapter()).toBe(partner?.adapter());
    expect(made).toHaveLength(1);
    await writeFile(join(folder, 'pw'), 'se cret\n');
    expect(made[0]?.context.reveal({ file: './pw' })).toBe('se cret');
    expect(made[0]?.context.name).toBe('partner');
  });

  it('gives the landing its credentials when they are needed, and prints none', async () => {
    const config = await load(whole);
    const landing = landingSettings(config);
    expect(() => landing.reveal()).toThrow('set the environment variable S3_KEY for this app');
    process.env['S3_KEY'] = 'the-key';
    process.env['S3_SECRET'] = 'the-secret';
    expect(landing.reveal()).toEqual({ accessKeyId: 'the-key', secretAccessKey: 'the-secret' });
    expect(inspect([config, landing], { depth: null }) + JSON.stringify([config, landing])).not.toMatch(
      /the-/,
    );
  });

  it('refuses a file that is not there', async () => {
    await expect(loadConfig(join(folder, 'none.yaml'), { sources, destinations })).rejects.toThrow(
      `The configuration file ${folder}/none.yaml cannot be read (ENOENT). Create it, or set WAYBILL_CONFIG to where it is.`,
    );
  });

  it('gives editors a schema with the keys of every adapter', () => {
    const schema = JSON.stringify(jsonSchema({ sources, destinations }));
    expect(schema).toContain('"const":"folder"');
    expect(schema).toContain('"scanEvery":{"default":"2s","type":"string"}');
    expect(schema).toContain('"embedded":{"const":true}');
  });
});

describe('the embedded servers', () => {
  const text = `node: n
sources: [{ name: inbox, type: folder, path: inbox }]
destinations: [{ name: partner, type: sftp, embedded: true, directory: incoming }]
routes: [{ from: inbox, deliver: [partner] }]
`;

  async function npmStart(s3: object = {}): Promise<void> {
    const all = {
      endpoint: 'http://127.0.0.1:1',
      region: 'r',
      bucket: 'b',
      accessKeyId: 'AK',
      secretAccessKey: 'SK',
      ...s3,
    };
    await writeFile(join(folder, 's3.json'), JSON.stringify(all));
    const sftp = {
      host: '127.0.0.1',
      port: 2022,
      username: 'u',
      password: 'PW!',
      hostKey: 'ssh-ed25519 AAAA',
    };
    await writeFile(join(folder, 'sftp.json'), JSON.stringify(sftp));
    process.env['WAYBILL_EMBEDDED_S3'] = join(folder, 's3.json');
    process.env['WAYBILL_EMBEDDED_SFTP'] = join(folder, 'sftp.json');
  }

  it('are taken from what npm start wrote, their secrets only when needed', async () => {
    await npmStart();
    const config = await load(text);
    expect(config.landing).toMatchObject({ bucket: 'b', endpoint: 'http://127.0.0.1:1', embedded: true });
    expect(landingSettings(config).reveal()).toEqual({ accessKeyId: 'AK', secretAccessKey: 'SK' });
    destinationsOf(config)[0]?.adapter();
    const { options, context } = made[0] ?? {};
    expect(options).toMatchObject({ port: 2022, hostKeys: ['ssh-ed25519 AAAA'], directory: 'incoming' });
    expect(context?.reveal((options as { password: { env: string } }).password)).toBe('PW!');
    expect(inspect(config, { depth: null }) + JSON.stringify(config)).not.toMatch(/SK|PW!/);
    await rm(join(folder, 's3.json'));
    expect(() => landingSettings(config).reveal()).toThrow(
      expect.objectContaining({ name: 'AdapterError', code: 'unauthorized' }) as Error,
    );
  });

  it('are asked for in one sentence where npm start is not there', async () => {
    expect(await refusal(text)).toBe(
      'waybill.yaml: the destination "partner" is the embedded SFTP server of npm start, but the environment variable WAYBILL_EMBEDDED_SFTP is not set. Start Waybill with npm start, or configure a server of your own.',
    );
    expect(await refusal('node: n\n')).toContain(
      '"landing" is absent, which stands for the S3 server of npm start',
    );
  });

  it('tell of a file that cannot be used without showing it', async () => {
    await npmStart({ bucket: 5 });
    const message = await refusal('node: n\n');
    expect(message).toContain(
      's3.json that WAYBILL_EMBEDDED_S3 names cannot be used (it is not the JSON that npm start writes)',
    );
    expect(message).not.toContain('SK');
  });
});
