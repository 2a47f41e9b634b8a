import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { brokenLink } from '@waybill/domain';
import type { EdgeLanding } from '@waybill/landing';
import { liveUploads, partsOf, readCustody, releaseNode, retryAsset } from '@waybill/state';
import { IngestFixture, partSize, type Site } from './ingest-fixture.ts';

let on: IngestFixture;
let site: Site;

beforeAll(async () => {
  on = await IngestFixture.create();
});
beforeEach(async () => {
  on.store.proxy.calm();
  site = await on.site();
});
afterAll(() => on.close());

const never = new AbortController().signal;

/** The landing, whose parts from `number` on go out only once the gate opens. */
function gated(landing: EdgeLanding, number: number) {
  let open = () => undefined as void;
  let reach = () => undefined as void;
  const gate = new Promise<void>(resolve => (open = resolve));
  const reached = new Promise<void>(resolve => (reach = resolve));
  const sendPart: EdgeLanding['sendPart'] = async part => {
    if (part.number >= number) {
      reach();
      await gate;
    }
    return landing.sendPart({ ...part, signal: never });
  };
  const slow = new Proxy(landing, {
    get: (target, name) => {
      if (name === 'sendPart') return sendPart;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { slow, reached, open: () => open() };
}

async function partsWritten(assetId: string, count: number) {
  const upload = (await liveUploads(on.db, [assetId])).get(assetId);
  const read = async () => (await partsOf(on.db, [upload?.id ?? ''])).get(upload?.id ?? '') ?? [];
  for (let tries = 0; tries < 100 && (await read()).length < count; tries += 1)
    await new Promise(resolve => setTimeout(resolve, 20));
  return read();
}

describe('trouble at the landing', () => {
  it('that is away: waits with one sentence, goes on by itself, and the sentence goes', async () => {
    await writeFile(site.path('a.mp4'), 'film');
    await site.list(2);
    const away = on.store.open({ endpoint: 'http://127.0.0.1:1' }).edge;
    await site.receive(site.receiver(away));
    const waiting = await site.only();
    expect(waiting).toMatchObject({ state: 'receiving', errorCode: 'unreachable', attempts: 1 });
    expect(waiting.errorMessage).toMatch(/a\.mp4 in bucket .* at http:\/\/127\.0\.0\.1:1: .*refused/i);
    expect(await site.receive()).toBe(0);
    await site.hurry();
    await site.receive(site.receiver(away));
    expect(await site.only()).toMatchObject({ attempts: 2 });
    await site.hurry();
    await site.receive();
    const landed = await site.only();
    expect(landed).toMatchObject({ state: 'pending_completion', attempts: 0 });
    expect([landed.errorCode, landed.errorMessage, landed.errorNextStep]).toEqual([null, null, null]);
    const trail = await readCustody(on.db, landed.id);
    // The first failure is news, the second of its kind is not.
    expect(trail.map(event => event.kind)).toEqual(['discovered', 'finished', 'waiting', 'sent']);
    expect(brokenLink(trail)).toBeUndefined();
    expect(trail[1]?.detail).toMatch(/"idleMs":\d+,/);
  }, 60_000);

  it('that refuses the key: failed with one sentence; after the repair a retry goes through', async () => {
    await writeFile(site.path('a.mp4'), 'film');
    await site.list(2);
    const { accessKeyId } = on.store.store;
    const wrong = on.store.open({ reveal: () => ({ accessKeyId, secretAccessKey: 'wrong' }) }).edge;
    await site.receive(site.receiver(wrong));
    const failed = await site.only();
    expect(failed).toMatchObject({ state: 'failed', failedStage: 'receive', errorCode: 'unauthorized' });
    expect(failed.errorMessage).toMatch(/check accessKeyId\/secretAccessKey/);
    expect(JSON.stringify(failed)).not.toContain('wrong');
    await retryAsset(on.db, 'receive', { id: failed.id, actor: 'someone', reason: 'key corrected' });
    await site.receive();
    expect(await site.only()).toMatchObject({ state: 'pending_completion', errorCode: null, attempts: 0 });
  });
});

describe('a receiver that dies in mid upload', () => {
  it('leaves parts that are not sent again, and can move nothing when it comes back', async () => {
    const whole = randomBytes(3 * partSize + 10);
    await writeFile(site.path('film.mp4'), whole);
    await site.list(2);
    const { slow, reached, open } = gated(on.store.landing.edge, 3);
    const dead = site.receiver(slow);
    const [held] = await dead.claim(10);
    if (held === undefined) throw new Error('nothing to claim');
    const dying = dead.receive(held, never);
    await reached;
    expect(await partsWritten(held.id, 2)).toHaveLength(2);
    await releaseNode(on.db, site.node);
    on.store.proxy.calm();
    await site.receive();
    expect(on.store.proxy.partBytes()).toBeLessThan(1.5 * partSize);
    const sent = await site.only();
    expect(sent).toMatchObject({ state: 'pending_completion' });
    open();
    await dying;
    expect(await site.only()).toMatchObject({ state: 'pending_completion', fence: sent.fence });
    expect(await site.complete(sent)).toBe('proven');
    expect((await on.store.stored(sent.landingKey)).equals(whole)).toBe(true);
    expect((await readCustody(on.db, sent.id)).filter(event => event.kind === 'sent')).toHaveLength(1);
  }, 60_000);

  it('and sends old bytes after the file changed: they never get into the object', async () => {
    const old = randomBytes(2 * partSize);
    const now = randomBytes(2 * partSize);
    await writeFile(site.path('film.mp4'), old);
    await site.list(2);
    const { slow, reached, open } = gated(on.store.landing.edge, 2);
    const late = site.receiver(slow);
    const [held] = await late.claim(10);
    if (held === undefined) throw new Error('nothing to claim');
    const dying = late.receive(held, never);
    await reached;
    await releaseNode(on.db, site.node);
    writeFileSync(site.path('film.mp4'), now);
    await site.receive();
    await site.list(2);
    await site.receive();
    const sent = await site.only();
    expect(sent.state).toBe('pending_completion');
    // The late one's part takes its number in the store, and its row is refused.
    open();
    await dying;
    expect(await site.complete(sent)).toBe('parts-rejected');
    on.store.proxy.calm();
    await site.receive();
    expect(on.store.proxy.partBytes()).toBeLessThan(1.5 * partSize);
    // Only the finalizer can say that what it found wrong is right now.
    expect(await site.only()).toMatchObject({ errorCode: 'parts-rejected', attempts: 1 });
    expect(await site.complete(await site.only())).toBe('proven');
    expect((await on.store.stored(sent.landingKey)).equals(now)).toBe(true);
    expect(await site.only()).toMatchObject({ generation: 1, state: 'pending_completion' });
  }, 60_000);

  it('before it heard the upload’s name: another is opened, and the nameless one is ended', async () => {
    await writeFile(site.path('film.mp4'), randomBytes(partSize + 1));
    await site.list(2);
    const stop = new AbortController();
    on.store.proxy.faults = ({ method, url }) => {
      if (method !== 'POST' || !url.includes('uploads')) return undefined;
      setTimeout(() => stop.abort(new Error('killed')), 300);
      return { kind: 'lose-answer' };
    };
    const dead = site.receiver();
    const [held] = await dead.claim(10);
    if (held === undefined) throw new Error('nothing to claim');
    await dead.receive(held, stop.signal);
    on.store.proxy.calm();
    await releaseNode(on.db, site.node);
    await site.receive();
    const sent = await site.only();
    expect(await site.complete(sent)).toBe('proven');
    const left = [];
    for await (const upload of on.store.landing.finalizer.listUploads(sent.landingKey, never))
      left.push(upload);
    expect(left).toEqual([]);
  }, 60_000);
});

describe('a row that makes no sense', () => {
  it('an upload with a plan that can’t be read is begun anew', async () => {
    const whole = randomBytes(2 * partSize);
    await writeFile(site.path('film.mp4'), whole);
    await site.list(2);
    await site.receive();
    const { id } = await site.only();
    for (const plan of [
      '"nonsense"',
      '{"kind":"uniform","partSize":-1}',
      'null',
      '{"kind":"odd","partSize":8}',
    ]) {
      await on.db.$executeRaw`UPDATE uploads SET plan = ${plan}::jsonb WHERE asset_id = ${id}::uuid`;
      await on.db
        .$executeRaw`UPDATE assets SET state = 'receiving', due_at = now(), lease_owner = NULL WHERE id = ${id}::uuid`;
      await site.receive();
      expect(await site.only()).toMatchObject({ state: 'pending_completion', errorCode: null });
    }
    const sent = await site.only();
    expect(await site.complete(sent)).toBe('proven');
    expect((await on.store.stored(sent.landingKey)).equals(whole)).toBe(true);
  }, 60_000);

  it('a landing or a source that the configuration doesn’t have: it waits, says why and what to do', async () => {
    await writeFile(site.path('a.mp4'), 'film');
    await site.list(2);
    await on.db.$executeRaw`UPDATE assets SET landing = 'elsewhere' WHERE source = ${site.name}`;
    await site.receive();
    expect(await site.only()).toMatchObject({
      state: 'receiving',
      errorMessage: `${site.name}: a.mp4 belongs into the landing elsewhere, and this edge sends to s3.`,
      errorNextStep: expect.stringContaining('its name elsewhere back') as string,
    });
    await on.db.$executeRaw`UPDATE assets SET landing = 's3' WHERE source = ${site.name}`;
    await site.hurry();
    await site.receive(site.receiver(on.store.landing.edge, []));
    expect(await site.only()).toMatchObject({
      state: 'receiving',
      errorMessage: `${site.name}: a.mp4 waits, because this edge's configuration has no source ${site.name}.`,
    });
    await site.hurry();
    await site.receive();
    expect(await site.only()).toMatchObject({ state: 'pending_completion', errorMessage: null });
  });
});

it('takes 500 small files through with far fewer statements than files', async () => {
  for (let file = 0; file < 500; file += 1) writeFileSync(site.path(`${file}.csv`), `row ${file}`);
  const counted = on.countStatements();
  const scan = site.scanOn(counted.db);
  await scan.run(never);
  await scan.run(never);
  const listed = counted.count();
  const receiver = site.receiver(on.store.landing.edge, [site.source], counted.db);
  // As the app does: sixteen files at once, claimed in sets.
  for (let claimed = await receiver.claim(16); claimed.length > 0; claimed = await receiver.claim(16))
    await Promise.all(claimed.map(asset => receiver.receive(asset, never)));
  const received = counted.count() - listed;
  const assets = await on.db.$queryRaw<{ state: string; n: number }[]>`
    SELECT state, count(*)::int AS n FROM assets WHERE source = ${site.name} GROUP BY state`;
  expect(assets).toEqual([{ state: 'pending_completion', n: 500 }]);
  expect(listed).toBeGreaterThan(0);
  expect(listed).toBeLessThan(25);
  // Four steps a file: receive, intent, sent, moved. Sixteen at once can't make fewer than a sixteenth of 2,000 of them.
  expect(received).toBeGreaterThan(125);
  expect(received).toBeLessThan(700);
}, 120_000);
