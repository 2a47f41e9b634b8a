import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './index.ts';
import { changed, destinations, sources, whole } from './spec-example.ts';

let folder: string;
const file = () => join(folder, 'waybill.yaml');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function refusal(text: string): Promise<string> {
  const failure: unknown = await writeFile(file(), text)
    .then(() => loadConfig(file(), { sources, destinations }))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  expect((failure as ConfigError).exitCode).toBe(78);
  return (failure as ConfigError).message;
}

describe('waybill.yaml', () => {
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
      'an alias of nothing, which might be a password',
      changed('{ env: S3_SECRET }', '*hunter2'),
      'waybill.yaml: this is no valid YAML: Unresolved alias (the anchor must be set before the alias). Write the value out instead of an alias.',
    ],
    [
      'a list that is none',
      changed('deliver: []', 'deliver: partner'),
      'waybill.yaml line 12: route from "cams": deliver: here stands a text where a list belongs. Correct it.',
    ],
    [
      'an empty list',
      'node: n\nsources:\n',
      'waybill.yaml line 2: sources: here stands nothing where a list belongs. Correct it.',
    ],
    [
      'a source without a type',
      changed('name: cams, type: folder,', 'name: cams,'),
      'waybill.yaml line 5: source "cams": "type" is missing. Add it.',
    ],
    [
      'a text that is no configuration',
      'hello\n',
      'waybill.yaml line 1: here stands a text where a group of keys belongs. Correct it.',
    ],
  ])('refuses %s', async (_what, text, sentence) => {
    expect(await refusal(text)).toMatch(sentence.endsWith(': ') ? new RegExp(`^${sentence}`) : sentence);
  });
});
