import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonSchema, loadConfig, sourcesOf } from '@waybill/config';
import { destinationDescriptors as destinations, sourceDescriptors as sources } from './index.ts';

const hostKey = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  delete process.env['WAYBILL_EMBEDDED_S3'];
  delete process.env['WAYBILL_EMBEDDED_SFTP'];
});

async function load(text: string) {
  await writeFile(join(folder, 'waybill.yaml'), text);
  return loadConfig(join(folder, 'waybill.yaml'), { sources, destinations });
}

describe('waybill.yaml with the adapters that there are', () => {
  it('is read', async () => {
    const config = await load(`
node: court-1
landing: { type: s3, bucket: waybill, endpoint: "http://127.0.0.1:9000", accessKeyId: { env: S3_KEY }, secretAccessKey: { env: S3_SECRET } }
sources:
  - { name: model-csv, type: watch-folder, path: ./inbox/model, finish: { idle: 10s } }
destinations:
  - { name: partner, type: sftp, host: sftp.example.com, username: in, privateKey: { file: partner.key }, hostKeys: ["${hostKey}"], directory: /incoming }
routes:
  - { from: model-csv, key: "{source}/{date}/{filename}", deliver: [{ to: partner, directory: model }] }
`);
    expect(config.sources[0]).toMatchObject({
      options: { path: join(folder, 'inbox/model'), mode: 'finished', dispose: 'keep' },
      scanEveryMs: 2_000,
      idleMs: 10_000,
    });
    expect(typeof sourcesOf(config)[0]?.adapter().list).toBe('function');
  });

  it('is read for npm start', async () => {
    const s3 = {
      endpoint: 'http://127.0.0.1:1',
      region: 'r',
      bucket: 'b',
      accessKeyId: 'a',
      secretAccessKey: 's',
    };
    const sftp = { host: '127.0.0.1', port: 2022, username: 'u', password: 'p', hostKey };
    await writeFile(join(folder, 's3.json'), JSON.stringify(s3));
    await writeFile(join(folder, 'sftp.json'), JSON.stringify(sftp));
    process.env['WAYBILL_EMBEDDED_S3'] = join(folder, 's3.json');
    process.env['WAYBILL_EMBEDDED_SFTP'] = join(folder, 'sftp.json');
    const config = await load(`
node: local
sources: [{ name: inbox, type: watch-folder, path: /in, finish: { idle: 1s }, scanEvery: 500ms }]
destinations: [{ name: partner, type: sftp, embedded: true }]
routes: [{ from: inbox, deliver: [partner] }]
`);
    expect(config.destinations[0]).toMatchObject({
      embedded: true,
      options: { port: 2022, hostKeys: [hostKey] },
    });
  });

  it('has a schema for editors', () => {
    expect(JSON.stringify(jsonSchema({ sources, destinations }))).toContain('"const":"watch-folder"');
  });
});
