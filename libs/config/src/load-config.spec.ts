import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { duration, secretRef } from '@waybill/contract';
import type { AdapterContext, DestinationAdapter, SourceAdapter } from '@waybill/contract';
import { z } from 'zod';
import { ConfigError, destinationsOf, jsonSchema, landingSettings, loadConfig, sourcesOf } from './index.ts';

const made: { kind: string; options: unknown; context: AdapterContext }[] = [];

const sources = [
  {
    kind: 'folder',
    title: 'Folder',
    config: z.strictObject({
      path: z.string().min(1),
      finish: z.strictObject({ idle: duration.prefault('10s') }).prefault({}),
      scanEvery: duration.prefault('2s'),
    }),
    create: (options: unknown, context: AdapterContext) => {
      made.push({ kind: 'folder', options, context });
      return {} as SourceAdapter;
    },
  },
];
const destinations = [
  {
    kind: 'sftp',
    title: 'SFTP',
    config: z
      .strictObject({
        host: z.string(),
        port: z.int().min(1).max(65_535).default(22),
        username: z.string(),
        password: secretRef.optional(),
        privateKey: secretRef.optional(),
        hostKeys: z.array(z.string()).min(1),
        directory: z.string().optional(),
      })
      .refine(one => one.password !== undefined || one.privateKey !== undefined, {
        error: 'give either password or privateKey',
        path: ['password'],
      }),
    create: (options: unknown, context: AdapterContext) => {
      made.push({ kind: 'sftp', options, context });
      return {} as DestinationAdapter;
    },
  },
];

const whole = `node: court-1
landing: { type: s3, bucket: waybill, endpoint: "http://127.0.0.1:9000", accessKeyId: { env: S3_KEY }, secretAccessKey: { env: S3_SECRET } }
sources:
  - { name: model-csv, type: folder, path: ./inbox/model, finish: { idle: 500ms } }
  - { name: cams, type: folder, path: /cams }
destinations:
  - { name: partner, type: sftp, host: h, username: u, password: { file: ./pw }, hostKeys: [k] }
  - { name: archive, type: sftp, host: h, username: u, password: { env: PW }, hostKeys: [k] }
routes:
  - { from: model-csv, key: "{source}/{date}/{filename}", deliver: [partner, { to: archive, directory: model, after: [partner] }], metadata: media }
  - from: cams
    deliver: []
    deliverIncomplete: true
finalizer: { streamTimeout: 1min }
`;

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

const changed = (from: string, to: string): string => {
  if (!whole.includes(from)) throw new Error(`no ${from} in the example`);
  return whole.replace(from, to);
};

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

  it.each<[string, string, string]>([
    [
      'an unknown key',
      changed('finish: { idle: 500ms }', 'finish: { idel: 500ms }'),
      'waybill.yaml line 4: source "model-csv": finish: there is no key "idel". Did you mean "idle"?',
    ],
    [
      'an unknown key of a source that lists what is known',
      changed('path: /cams', 'path: /cams, colour: red'),
      'waybill.yaml line 5: source "cams": there is no key "colour". The known keys are: name, type, path, finish, scanEvery.',
    ],
    [
      'an unknown key at the top',
      whole.replace('finalizer:', 'finaliser:'),
      'waybill.yaml line 14: there is no key "finaliser". Did you mean "finalizer"?',
    ],
    [
      'an unknown key of a step',
      changed('directory: model,', 'folder: model,'),
      'waybill.yaml line 10: route from "model-csv": deliver.1: there is no key "folder". The known keys are: to, directory, after.',
    ],
    [
      'a bad unit',
      changed('500ms', '10 sec'),
      'waybill.yaml line 4: source "model-csv": finish.idle: "10 sec" is not a duration: write a number with one of ms, s, min, h, d, such as 10s.',
    ],
    [
      'a number without a unit',
      changed('streamTimeout: 1min', 'streamTimeout: 300'),
      'waybill.yaml line 14: finalizer.streamTimeout: here stands a number where a text (in quotes where it looks like a number) belongs. Correct it.',
    ],
    [
      'an unknown type',
      changed('type: folder, path: /cams', 'type: foldr, path: /cams'),
      'waybill.yaml line 5: source "cams": there is no source of type "foldr". Did you mean "folder"?',
    ],
    [
      'a type that is nothing like one',
      changed('archive, type: sftp', 'archive, type: dropbox'),
      'waybill.yaml line 8: destination "archive": there is no destination of type "dropbox". The known types are: sftp.',
    ],
    [
      'two sources of one name',
      changed('name: cams', 'name: model-csv'),
      'waybill.yaml line 5: there are two sources named "model-csv". Give each source a name of its own.',
    ],
    [
      'two destinations of one name',
      changed('name: archive', 'name: partner'),
      'waybill.yaml line 8: there are two destinations named "partner". Give each destination a name of its own.',
    ],
    [
      'a route from nowhere',
      changed('from: cams', 'from: cam'),
      'waybill.yaml line 5: the source "cams" has no route. Add one, such as { from: cams, deliver: [] } to take its files to S3 alone.',
    ],
    [
      'a route from nowhere, all sources being routed',
      whole.replace('finalizer', '  - { from: cam, deliver: [] }\nfinalizer'),
      'waybill.yaml line 14: a route starts from "cam", which is no source. Did you mean "cams"?',
    ],
    [
      'a route to nowhere',
      changed('deliver: [partner,', 'deliver: [partnre,'),
      'waybill.yaml line 10: route from "model-csv": it delivers to "partnre", which is no destination. Did you mean "partner"?',
    ],
    [
      'a second route of one source',
      whole.replace('finalizer', '  - { from: cams, deliver: [] }\nfinalizer'),
      'waybill.yaml line 14: the source "cams" has two routes. Join them: one route may deliver to several destinations.',
    ],
    [
      'one destination twice in a route',
      changed('deliver: [partner,', 'deliver: [partner, partner,'),
      'waybill.yaml line 10: route from "model-csv": it delivers to "partner" twice. Remove one.',
    ],
    [
      'an "after" that names nothing of the route',
      changed('after: [partner]', 'after: [parnter]'),
      'waybill.yaml line 10: route from "model-csv": "archive" waits for "parnter", to which this route does not deliver. Did you mean "partner"?',
    ],
    [
      'a circle of "after"',
      changed('[partner, {', '[{ to: partner, after: [archive] }, {'),
      'waybill.yaml line 10: route from "model-csv": "partner" waits for "archive" waits for "partner", which never ends. Remove one "after".',
    ],
    [
      'a missing key',
      changed('path: /cams', 'scanEvery: 1s'),
      'waybill.yaml line 5: source "cams": "path" is missing. Add it.',
    ],
    ['a missing node', changed('node: court-1', '# none'), 'waybill.yaml line 1: "node" is missing. Add it.'],
    [
      'a secret in the file, which is not repeated',
      changed('{ env: S3_SECRET }', 'hunter2'),
      'waybill.yaml line 2: landing.secretAccessKey: a secret is given as { env: NAME } or { file: /path }, never as the value itself.',
    ],
    [
      'a destination without a password',
      changed('password: { env: PW }, ', ''),
      'waybill.yaml line 8: destination "archive": password: give either password or privateKey.',
    ],
    [
      'a value that is none of a list',
      changed('metadata: media', 'metadata: some'),
      'waybill.yaml line 10: route from "model-csv": metadata: "some" is not known. Write one of: always, media, never.',
    ],
    [
      'a port out of range',
      changed('hostKeys: [k] }\n  - ', 'hostKeys: [k], port: 99999 }\n  - '),
      'waybill.yaml line 7: destination "partner": port: it is too large. The most is 65535.',
    ],
    [
      'a bad key template',
      changed('{source}/{date}/{filename}', '{source}/{day}'),
      'waybill.yaml line 10: route from "model-csv": key: the key "{source}/{day}" cannot be used: "{day}" is no field: use {source} {key} {filename} {stem} {ext} {date} {recording} {chapter} or {chapter:03}.',
    ],
    [
      'a directory that leads out',
      changed('directory: model', 'directory: ../model'),
      'waybill.yaml line 10: route from "model-csv": deliver.1.directory: "../model" can be no directory: it has a folder named "." or "..".',
    ],
    [
      'an endpoint without a protocol',
      changed('"http://127.0.0.1:9000"', '127.0.0.1'),
      'waybill.yaml line 2: landing.endpoint: must be an address that starts with http:// or https://.',
    ],
    [
      'a name that can be none',
      changed('name: cams', 'name: "my cams"'),
      'waybill.yaml line 5: source "my cams": name: a name has letters, digits, ".", "_" and "-" alone, starts with a letter or digit and ends at 63.',
    ],
    [
      'a key given twice',
      `node: a\nnode: b\n`,
      'waybill.yaml line 2: this is no valid YAML: Map keys must be unique. Correct the line or the ones before it.',
    ],
    [
      'broken YAML',
      changed('  - from: cams', '  - from: [cams'),
      'waybill.yaml line 12: this is no valid YAML: ',
    ],
    [
      'a text that is no configuration',
      'hello\n',
      'waybill.yaml line 1: here stands a text where a group of keys belongs. Correct it.',
    ],
  ])('refuses %s', async (_what, text, sentence) => {
    expect(await refusal(text)).toMatch(sentence.endsWith(': ') ? new RegExp(`^${sentence}`) : sentence);
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
