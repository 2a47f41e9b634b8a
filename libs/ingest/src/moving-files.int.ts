import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import { readCustody, retryAsset } from '@waybill/state';
import { asideOf, IngestFixture, partSize, type Site } from './ingest-fixture.ts';

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

/** Longer than the steps of any file system's clock here. */
const moment = () => new Promise(resolve => setTimeout(resolve, 20));

describe('a file that changes', () => {
  it('between verdict and read is waited for again, and lands once with the bytes it has then', async () => {
    await writeFile(site.path('table.csv'), 'aaaa');
    await site.list(2);
    await moment();
    // In place and of the same size: only its modification time tells.
    await writeFile(site.path('table.csv'), 'bbbb');
    await site.receive();
    const waiting = await site.only();
    expect(waiting).toMatchObject({ state: 'discovered', verdictRevision: null, errorCode: null });
    expect(await on.store.exists(waiting.landingKey)).toBe(false);
    expect((await readCustody(on.db, waiting.id)).map(event => event.kind)).toContain('source-changed');
    await site.list(2);
    await site.receive();
    const landed = await site.only();
    expect(landed).toMatchObject({ state: 'pending_completion', generation: 1, attempts: 0 });
    expect((await on.store.stored(landed.landingKey)).toString()).toBe('bbbb');
    // Seen again as it is: nothing new.
    await site.list(2);
    expect(await site.only()).toMatchObject({ generation: 1 });
  });

  it('while its object is being stored: the stale object is ours and is replaced', async () => {
    await writeFile(site.path('table.csv'), 'first');
    await site.list(2);
    await moment();
    on.store.proxy.faults = ({ method }) => {
      if (method === 'PUT') writeFileSync(site.path('table.csv'), 'other');
      return undefined;
    };
    await site.receive();
    on.store.proxy.calm();
    const stale = await site.only();
    expect(stale.state).toBe('discovered');
    await site.list(2);
    await site.receive();
    expect(await site.only()).toMatchObject({ state: 'pending_completion', generation: 1 });
    expect((await on.store.stored(stale.landingKey)).toString()).toBe('other');
  });

  it('while it is being read is not stored at all', async () => {
    await writeFile(site.path('a.bin'), randomBytes(2 * 1024 ** 2));
    await site.list(2);
    const landing = on.store.landing.edge;
    let reads = 0;
    const watching = new Proxy(landing, {
      get: (target, name) => {
        // Asked for right before the hash pass of each body.
        if (name === 'wantsMd5' && reads++ === 0) {
          writeFileSync(site.path('a.bin'), readFileSync(site.path('a.bin')).reverse());
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    await moment();
    await site.receive(site.receiver(watching));
    const asset = await site.only();
    expect(asset.state).toBe('discovered');
    expect(await on.store.exists(asset.landingKey)).toBe(false);
  });

  it('by growing while its parts go up: they are compared, and only what differs is sent again', async () => {
    const whole = randomBytes(2 * partSize + 1000);
    await writeFile(site.path('film.mp4'), whole);
    await site.list(2);
    let touched = false;
    on.store.proxy.faults = ({ url }) => {
      if (url.includes('partNumber=2') && !touched) {
        touched = true;
        writeFileSync(site.path('film.mp4'), Buffer.from('tail'), { flag: 'a' });
      }
      return undefined;
    };
    await moment();
    await site.receive();
    on.store.proxy.calm();
    expect((await site.only()).state).toBe('discovered');
    await site.list(2);
    await site.receive();
    const asset = await site.only();
    expect(asset).toMatchObject({ state: 'pending_completion', generation: 1, size: whole.length + 4 });
    expect(on.store.proxy.partBytes()).toBeLessThan(partSize);
    expect(await site.complete(asset)).toBe('proven');
    const stored = await on.store.stored(asset.landingKey);
    expect(stored.equals(Buffer.concat([whole, Buffer.from('tail')]))).toBe(true);
  });

  it('after it landed opens the next generation under a key of its own', async () => {
    await writeFile(site.path('table.csv'), 'one');
    await site.list(2);
    await site.receive();
    await moment();
    await appendFile(site.path('table.csv'), ' two');
    await site.list(2);
    await site.receive();
    const [second, first] = await site.assets();
    expect([first, second]).toMatchObject([
      { generation: 1, landingKey: `${site.name}/table.csv` },
      { generation: 2, landingKey: `${site.name}/table~2.csv`, state: 'pending_completion' },
    ]);
    expect((await on.store.stored(`${site.name}/table.csv`)).toString()).toBe('one');
    expect((await on.store.stored(`${site.name}/table~2.csv`)).toString()).toBe('one two');
  });
});

describe('a file that is not where it was', () => {
  it('replaced under its name before it was read: superseded, and the new one lands', async () => {
    await writeFile(site.path('table.csv'), 'old');
    await site.list(2);
    await writeFile(site.path('.new'), 'new');
    await rename(site.path('.new'), site.path('table.csv'));
    await site.receive();
    await site.list(3);
    await site.receive();
    const [next, past] = await site.assets();
    expect(past).toMatchObject({ state: 'cancelled', generation: 1 });
    expect(next).toMatchObject({ state: 'pending_completion', sourceKey: 'table.csv', generation: 1 });
    expect((await on.store.stored(next?.landingKey ?? '')).toString()).toBe('new');
    expect((await readCustody(on.db, past?.id ?? '')).at(-1)?.kind).toBe('superseded');
  });

  it('deleted before it was read: failed after two listings; put back and retried, it lands', async () => {
    await writeFile(site.path('a.mp4'), 'film');
    await mkdir(asideOf(site.folder));
    await site.list(2);
    await rename(site.path('a.mp4'), `${asideOf(site.folder)}/a.mp4`);
    await site.receive();
    expect((await site.only()).state).toBe('discovered');
    await site.list();
    expect((await site.only()).state).toBe('discovered');
    await site.list();
    const failed = await site.only();
    expect(failed).toMatchObject({
      state: 'failed',
      failedStage: 'receive',
      errorCode: 'missing',
      errorMessage: `${site.name}: a.mp4 is gone from the source; nothing of it was read.`,
    });
    await rename(`${asideOf(site.folder)}/a.mp4`, site.path('b.mp4'));
    await site.list(2);
    expect(await site.receive()).toBe(0);
    await retryAsset(on.db, 'receive', { id: failed.id, actor: 'someone', reason: null });
    await site.receive();
    await site.list(2);
    await site.receive();
    expect(await site.only()).toMatchObject({
      state: 'pending_completion',
      sourceKey: 'b.mp4',
      errorCode: null,
      errorMessage: null,
    });
    await unlink(site.path('b.mp4'));
  });

  it('renamed between verdict and read: it lands, and no second time', async () => {
    await writeFile(site.path('a.mp4'), 'film');
    await site.list(2);
    await rename(site.path('a.mp4'), site.path('b.mp4'));
    await site.receive();
    await site.list(2);
    await site.receive();
    const asset = await site.only();
    expect(asset).toMatchObject({ state: 'pending_completion', sourceKey: 'b.mp4' });
    expect((await on.store.stored(asset.landingKey)).toString()).toBe('film');
  });

  it('refused for its name: the renamed file is taken', async () => {
    await writeFile(site.path('bad\nname.mp4'), 'film');
    await site.list(2);
    expect(await site.only()).toMatchObject({ state: 'quarantined' });
    await rename(site.path('bad\nname.mp4'), site.path('good.mp4'));
    await site.list(2);
    await site.receive();
    const [taken, refused] = await site.assets();
    expect(refused?.state).toBe('quarantined');
    expect(taken).toMatchObject({ state: 'pending_completion', sourceKey: 'good.mp4', generation: 2 });
    expect((await on.store.stored(`${site.name}/good.mp4`)).toString()).toBe('film');
  });

  it('retried before it ever stood still: it is waited for first', async () => {
    await writeFile(site.path('a.mp4'), 'half');
    await site.list();
    await unlink(site.path('a.mp4'));
    await site.list(2);
    const failed = await site.only();
    expect(failed).toMatchObject({ state: 'failed', verdictRevision: null });
    await retryAsset(on.db, 'receive', { id: failed.id, actor: 'someone', reason: null });
    await site.receive();
    expect(await site.only()).toMatchObject({ state: 'discovered' });
    await site.list(2);
    expect(await site.only()).toMatchObject({ state: 'failed', errorCode: 'missing' });
  });
});
