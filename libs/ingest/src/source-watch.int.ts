import { mkdir, rename, writeFile } from 'node:fs/promises';
import { listSources, registerEdge, registerSources } from '@waybill/state';
import { asideOf, IngestFixture, type Site } from './ingest-fixture.ts';
import { SourceWatch } from './source-watch.ts';

let on: IngestFixture;
let site: Site;
let watch: SourceWatch;
let readyTimes: number;

beforeAll(async () => {
  on = await IngestFixture.create();
});
beforeEach(async () => {
  site = await on.site();
  readyTimes = 0;
  const { node, name } = site;
  const process = { instance: crypto.randomUUID(), process: 'test', version: '0.1.0', leaseMs: 60_000 };
  await registerEdge(on.db, { name: node, ...process });
  await registerSources(on.db, node, [{ name, type: 'watch-folder' }]);
});
afterEach(() => watch.stop());
afterAll(() => on.close());

function start(scanEveryMs: number) {
  const said: string[] = [];
  const log = {
    info: (sentence: string) => said.push(sentence),
    warn: (sentence: string) => said.push(sentence),
  };
  const place = { db: on.db, node: site.node, landing: 's3', actor: site.node };
  watch = new SourceWatch(place, { ...site.source, scanEveryMs }, log, () => (readyTimes += 1));
  watch.start();
  return said;
}

async function until(holds: () => Promise<boolean>) {
  const end = performance.now() + 8_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come about within 8 s');
    await new Promise(resolve => setTimeout(resolve, 30));
  }
}

const condition = async () => (await listSources(on.db)).find(source => source.name === site.name);

it('shows a folder that went away with its sentence, loses no file by it, and goes on when it is back', async () => {
  await writeFile(site.path('a.mp4'), 'film');
  await site.list();
  await rename(site.folder, asideOf(site.folder));
  const said = start(300);
  await until(async () => (await condition())?.condition === 'unreachable');
  const away = await condition();
  expect(away?.sentence).toContain(site.folder);
  expect(away?.nextStep).not.toBe('');
  await new Promise(resolve => setTimeout(resolve, 800));
  expect(await site.only()).toMatchObject({ state: 'discovered', errorCode: null });
  await rename(asideOf(site.folder), site.folder);
  await until(async () => readyTimes > 0);
  await until(async () => (await condition())?.condition === 'ok');
  expect(await condition()).toMatchObject({ filesListed: 1, nextStep: null });
  // A condition is told when it changes and not with every listing.
  expect(said.filter(sentence => sentence === `${away?.sentence} ${away?.nextStep}`)).toHaveLength(1);
}, 20_000);

it('lists soon after a hint, however long its pause is, and ends at once when it is stopped', async () => {
  await mkdir(site.path('below'));
  start(60_000);
  await until(async () => (await condition())?.condition === 'ok');
  await writeFile(site.path('below/a.mp4'), 'film');
  watch.hint();
  await until(async () => (await site.assets()).length === 1);
  watch.hint();
  await until(async () => readyTimes > 0);
  const since = performance.now();
  await watch.stop();
  expect(performance.now() - since).toBeLessThan(500);
}, 20_000);
