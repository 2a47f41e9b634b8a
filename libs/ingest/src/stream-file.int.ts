import { createHash, randomBytes } from 'node:crypto';
import { appendFile, link, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { brokenLink } from '@waybill/domain';
import { liveUploads, readCustody, releaseNode, type AssetRecord } from '@waybill/state';
import { IngestFixture, partSize, type Site } from './ingest-fixture.ts';
import type { EdgeSource } from './edge-source.ts';
import type { Receiver } from './receiver.ts';
import { SourceScan } from './source-scan.ts';

let on: IngestFixture;
let site: Site;
let source: EdgeSource;
let scan: SourceScan;
let receiver: Receiver;

beforeAll(async () => {
  on = await IngestFixture.create();
});
beforeEach(async () => {
  site = await on.site();
  source = { ...site.source, idleMs: 600, streamFrom: partSize };
  scan = new SourceScan({ db: on.db, node: site.node, landing: 's3', actor: site.node }, source);
  receiver = site.receiver(on.store.landing.edge, [source]);
});
afterAll(() => on.close());

const bytes = (size: number) => randomBytes(size);
const list = () => scan.run(new AbortController().signal);

/** Claims what is to be followed and follows it; the caller goes on writing meanwhile. */
async function follow(
  signal = new AbortController().signal,
): Promise<{ readonly count: number; readonly ended: Promise<unknown> }> {
  const claimed = await receiver.claim(10, true);
  return { count: claimed.length, ended: Promise.all(claimed.map(asset => receiver.receive(asset, signal))) };
}

async function partsSent(asset: AssetRecord): Promise<number> {
  const upload = (await liveUploads(on.db, [asset.id])).get(asset.id);
  const rows = await on.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM parts WHERE upload_id = ${upload?.id ?? asset.id}::uuid`;
  return rows[0]?.count ?? 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error('not so after 20 s');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** What the store made of the asset, and whether its waybill tells it. */
async function landed(name: string, asset: AssetRecord): Promise<Buffer> {
  expect(asset).toMatchObject({ state: 'pending_completion', errorCode: null });
  expect(await site.complete(asset)).toBe('proven');
  const trail = await readCustody(on.db, asset.id);
  expect(brokenLink(trail)).toBeUndefined();
  expect(trail.map(event => event.kind)).toEqual(['discovered', 'finished', 'sent']);
  const stored = await on.store.stored(asset.landingKey);
  expect(asset.sha256).toBe(createHash('sha256').update(stored).digest('hex'));
  expect(asset.landingKey).toBe(`${site.name}/${name}`);
  return stored;
}

describe('a file that grows in a watch folder', () => {
  it('is followed as soon as it fills a part, and not while it is smaller', async () => {
    await writeFile(site.path('take.mov'), bytes(partSize));
    await list();
    expect((await follow()).count).toBe(0);
    await appendFile(site.path('take.mov'), bytes(1));
    await list();
    const { count, ended } = await follow();
    expect(count).toBe(1);
    const asset = await site.only();
    await until(async () => (await partsSent(asset)) === 1);
    await appendFile(site.path('take.mov'), bytes(2 * partSize));
    await until(async () => (await partsSent(asset)) === 3);
    await ended;
    const content = await landed('take.mov', await site.only());
    expect(content.equals(await readFile(site.path('take.mov')))).toBe(true);
    await list();
    await list();
    expect((await site.assets()).length).toBe(1);
  });

  it('is quarantined when it shrinks in place, and taken anew when it changes again', async () => {
    await writeFile(site.path('cut.mov'), bytes(2 * partSize + 10));
    await list();
    const { ended } = await follow();
    await until(async () => (await partsSent(await site.only())) >= 2);
    await truncate(site.path('cut.mov'), 100);
    await ended;
    const asset = await site.only();
    expect(asset).toMatchObject({ state: 'quarantined', errorCode: 'shrank' });
    expect(asset.errorMessage).toMatch(/cut\.mov had \d+ bytes and has 100 now/);
    await appendFile(site.path('cut.mov'), 'more');
    await list();
    expect((await site.assets()).map(({ generation, state }) => [generation, state])).toEqual([
      [2, 'discovered'],
      [1, 'quarantined'],
    ]);
  });

  it('is finished from its handle when it is renamed, replaced or removed under its name', async () => {
    await writeFile(site.path('moving.mov'), bytes(partSize + 10));
    await list();
    const { ended } = await follow();
    await until(async () => (await partsSent(await site.only())) === 1);
    const writer = await open(site.path('moving.mov'), 'a');
    await rename(site.path('moving.mov'), site.path('moved.mov'));
    await writeFile(site.path('moving.mov'), 'another');
    await list();
    await writer.write(bytes(partSize));
    const whole = await readFile(site.path('moved.mov'));
    await rm(site.path('moved.mov'));
    await writer.close();
    await ended;
    const [other, first] = await site.assets();
    expect(other).toMatchObject({ sourceKey: 'moving.mov', size: 7, state: 'discovered' });
    const content = await landed('moving.mov', first as AssetRecord);
    expect(content.equals(whole)).toBe(true);
  });

  it('goes on where the last process was killed, and sends no part again that was confirmed', async () => {
    await writeFile(site.path('long.mov'), bytes(3 * partSize + 10));
    await list();
    const killed = new AbortController();
    const { ended } = await follow(killed.signal);
    await until(async () => (await partsSent(await site.only())) === 3);
    killed.abort(new Error('killed'));
    await ended;
    await releaseNode(on.db, site.node);
    await appendFile(site.path('long.mov'), bytes(partSize));
    receiver = site.receiver(on.store.landing.edge, [source]);
    const again = await follow();
    expect(again.count).toBe(1);
    await again.ended;
    const asset = await site.only();
    const content = await landed('long.mov', asset);
    expect(content.equals(await readFile(site.path('long.mov')))).toBe(true);
    const trail = await readCustody(on.db, asset.id);
    const sent = JSON.parse(trail.find(event => event.kind === 'sent')?.detail ?? '{}') as {
      bytesUploaded: number;
    };
    expect(sent.bytesUploaded).toBeLessThanOrEqual(partSize + 10);
  });

  it('keeps both names of one growing file apart', async () => {
    await writeFile(site.path('one.mov'), bytes(partSize + 10));
    await link(site.path('one.mov'), site.path('two.mov'));
    await list();
    const { count, ended } = await follow();
    expect(count).toBe(2);
    await ended;
    const assets = await site.assets();
    expect(assets.map(({ sourceKey, state }) => [sourceKey, state]).sort()).toEqual([
      ['one.mov', 'pending_completion'],
      ['two.mov', 'pending_completion'],
    ]);
    expect(new Set(assets.map(({ sha256 }) => sha256)).size).toBe(1);
  });

  it('that is small is one object once it is finished', async () => {
    await writeFile(site.path('small.csv'), 'a,b');
    await list();
    await new Promise(resolve => setTimeout(resolve, 650));
    await list();
    expect((await follow()).count).toBe(0);
    expect(await site.receive(receiver)).toBe(1);
    expect(await site.only()).toMatchObject({ state: 'pending_completion', parts: 1, size: 3 });
  });
});
