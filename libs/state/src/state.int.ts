import { brokenLink } from '@waybill/domain';
import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import { v7 as uuidv7 } from 'uuid';
import {
  claimDeliveries,
  claimForEdge,
  claimForFinalizer,
  deliveriesOf,
  completeAssets,
  findAsset,
  listAssets,
  liveUploads,
  moveAssets,
  moveDeliveries,
  openDatabase,
  partsOf,
  readCustody,
  recordIntents,
  recordParts,
  recordSent,
  releaseNode,
  renewLeases,
  takeListing,
  tellUnknownDestinations,
  type AssetRecord,
  type Database,
  type ListedItem,
} from './index.ts';

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase(testServers().postgresUrl);
  db = openDatabase(fresh.url);
});
afterAll(async () => {
  await db.$disconnect();
  await fresh.drop();
});

let count = 0;
const item = (over: Partial<ListedItem> = {}): ListedItem => {
  count += 1;
  const key = over.key ?? `folder/clip-${count}.mp4`;
  return {
    key,
    filename: key.split('/').at(-1) ?? key,
    identity: `inode-${count}`,
    revision: '10:1',
    size: 10,
    contentType: 'video/mp4',
    landingKey: `inbox/${key}`,
    route: { deliver: [{ to: 'partner' }], metadata: 'always', deliverIncomplete: false },
    ...over,
  };
};

let nodes = 0;
/** A source of its own for every test, so that none sees another's rows. */
function ground() {
  nodes += 1;
  const node = `node-${nodes}`;
  const source = `source-${nodes}`;
  return {
    node,
    list: (...items: ListedItem[]) => takeListing(db, { source, node, landing: 's3', actor: node, items }),
    claim: (owner = 'w1', leaseMs = 60_000) => claimForEdge(db, node, { owner, limit: 100, leaseMs }),
    ready: (ids: readonly string[]) =>
      moveAssets(
        db,
        ids.map(id => ({
          id,
          transition: 'ready',
          patch: { verdict_revision: '10:1' },
          dueInMs: 0,
          events: [],
        })),
      ),
  };
}

const sent = (asset: AssetRecord) => ({
  id: asset.id,
  transition: 'sent' as const,
  fence: asset.fence,
  patch: { sha256: 'a'.repeat(64), bytes_sent: asset.size },
  dueInMs: 0,
  events: [{ kind: 'sent', actor: 'edge', detail: { size: asset.size } }],
});

describe('discovery', () => {
  it('opens one asset a file, once, and reserves its key and the key of its metadata', async () => {
    const { list } = ground();
    const file = item();
    const [first] = await list(file);
    const [again] = await list(file);
    expect(first).toMatchObject({ state: 'discovered', generation: 1 });
    expect(again?.id).toBe(first?.id);
    const [, second] = await list(file, item({ key: file.key, landingKey: file.landingKey }));
    const asset = await findAsset(db, second?.id ?? '');
    expect(asset?.landingKey).toBe(file.landingKey.replace('.mp4', '~2.mp4'));
    const [third] = await list(item({ landingKey: `${file.landingKey}.metadata.json` }));
    expect((await findAsset(db, third?.id ?? ''))?.landingKey).not.toBe(`${file.landingKey}.metadata.json`);
  });

  it('finds free keys for files that ask for one key in one listing', async () => {
    const { list } = ground();
    const rows = await list(...Array.from({ length: 12 }, () => item({ landingKey: 'same/table.csv' })));
    const keys = await Promise.all(rows.map(async row => (await findAsset(db, row.id))?.landingKey));
    expect(new Set(keys).size).toBe(12);
    expect(keys).toContain('same/table.csv');
    expect(keys).toContain('same/table~12.csv');
  });

  it('opens a new generation when a file that was read shows another revision', async () => {
    const { list, claim, ready } = ground();
    const file = item();
    const [row] = await list(file);
    await ready([row?.id ?? '']);
    const [held] = await claim();
    await moveAssets(db, [
      { id: held?.id ?? '', transition: 'receive', fence: held?.fence ?? -1, release: false, events: [] },
    ]);
    await moveAssets(db, [sent(held as AssetRecord)]);
    expect((await list(file))[0]).toMatchObject({ generation: 1, state: 'pending_completion' });
    expect((await list({ ...file, revision: '12:2', size: 12 }))[0]).toMatchObject({
      generation: 2,
      state: 'discovered',
    });
  });

  it('quarantines a refused name with its sentence and blocks nobody by it', async () => {
    const { list } = ground();
    const [row] = await list(item({ refused: 'The name is not UTF-8.' }));
    expect(row?.state).toBe('quarantined');
    expect(await findAsset(db, row?.id ?? '')).toMatchObject({
      errorCode: 'hostile-name',
      errorMessage: 'The name is not UTF-8.',
    });
  });
});

describe('claims and fences', () => {
  it('gives every due row to exactly one of many claimers', async () => {
    const { list, ready, node } = ground();
    const rows = await list(...Array.from({ length: 60 }, () => item()));
    await ready(rows.map(row => row.id));
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, worker) =>
        claimForEdge(db, node, {
          owner: `w${worker}`,
          limit: 20,
          leaseMs: 60_000,
        }),
      ),
    );
    const ids = claims.flat().map(row => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(60);
  });

  it('refuses a late worker once the lease passed to another', async () => {
    const { list, claim, ready } = ground();
    const [row] = await list(item());
    await ready([row?.id ?? '']);
    const [late] = await claim('late', 1);
    await new Promise(resolve => setTimeout(resolve, 20));
    const [next] = await claim('next');
    expect(next?.fence).toBe((late?.fence ?? 0) + 1);
    const receive = (asset: AssetRecord | undefined) =>
      moveAssets(db, [
        { id: asset?.id ?? '', transition: 'receive', fence: asset?.fence ?? -1, release: false, events: [] },
      ]);
    expect((await receive(late)).size).toBe(0);
    expect((await receive(next)).size).toBe(1);
    expect(await renewLeases(db, 'assets', [{ id: row?.id ?? '', fence: late?.fence ?? 0 }], 60_000)).toEqual(
      [row?.id],
    );
  });

  it('hands a dead process’s rows to the next owner of the node at once', async () => {
    const { list, claim, ready, node } = ground();
    const [row] = await list(item());
    await ready([row?.id ?? '']);
    expect(await claim('first')).toHaveLength(1);
    expect(await claim('second')).toHaveLength(0);
    await releaseNode(db, node);
    expect(await claim('second')).toHaveLength(1);
  });

  it('refuses a transition that the table does not have from the row’s state', async () => {
    const { list } = ground();
    const [row] = await list(item());
    const moved = await moveAssets(db, [{ id: row?.id ?? '', transition: 'proven', events: [] }]);
    expect(moved.size).toBe(0);
    expect((await findAsset(db, row?.id ?? ''))?.state).toBe('discovered');
  });

  it('refuses to call an object proven without digest, ETag, size and proof', async () => {
    const { list } = ground();
    const [row] = await list(item());
    await db.$executeRaw`UPDATE assets SET state = 'pending_completion' WHERE id = ${row?.id ?? ''}::uuid`;
    await expect(moveAssets(db, [{ id: row?.id ?? '', transition: 'proven', events: [] }])).rejects.toThrow(
      /assets_proven/,
    );
  });
});

describe('from sent to delivered', () => {
  it('keeps one unbroken trail through upload, proof, fan-out and delivery', async () => {
    const { list, claim, ready } = ground();
    const listed = await list(item({ key: 'a/ä b.mp4' }), item());
    await ready(listed.map(row => row.id));
    const held = await claim();
    const uploads = held.map(asset => ({
      id: uuidv7(),
      assetId: asset.id,
      fence: asset.fence,
      landing: 's3',
      key: asset.landingKey,
      token: uuidv7(),
      kind: 'multipart' as const,
      plan: { partSize: 8 },
    }));
    await moveAssets(
      db,
      held.map(asset => ({
        id: asset.id,
        transition: 'receive',
        fence: asset.fence,
        release: false,
        events: [],
      })),
    );
    expect((await recordIntents(db, uploads)).size).toBe(2);
    expect(
      (await recordIntents(db, [{ ...uploads[0], id: uuidv7(), token: uuidv7(), fence: 0 } as never])).size,
    ).toBe(0);
    const part = { number: 1, position: 0, size: 8, etag: 'e1', xxh128: 'x', crc32: 'c' };
    await recordParts(
      db,
      uploads.map(upload => ({ uploadId: upload.id, fence: upload.fence, ...part })),
    );
    const first = { uploadId: uploads[0]?.id ?? '', fence: uploads[0]?.fence ?? -1 };
    await recordParts(db, [{ ...first, ...part, etag: 'e2' }]);
    // A late worker's row is left out.
    await recordParts(db, [{ ...first, fence: first.fence - 1, ...part, etag: 'late' }]);
    expect((await partsOf(db, [uploads[0]?.id ?? ''])).get(uploads[0]?.id ?? '')).toEqual([
      { uploadId: uploads[0]?.id, ...part, etag: 'e2' },
    ]);
    await recordSent(
      db,
      uploads.map(({ id, fence }) => ({ id, fence, etag: null, proof: null })),
    );
    expect((await moveAssets(db, held.map(sent))).size).toBe(2);

    const pending = (await claimForFinalizer(db, { owner: 'f', limit: 50, leaseMs: 60_000 })).filter(row =>
      held.some(asset => asset.id === row.id),
    );
    expect((await liveUploads(db, [pending[0]?.id ?? ''])).get(pending[0]?.id ?? '')?.state).toBe('sent');
    await moveAssets(
      db,
      pending.map(asset => ({
        id: asset.id,
        transition: 'proven',
        fence: asset.fence,
        patch: { landing_size: asset.size, landing_etag: 'etag', landing_proof: 'in_flight' },
        release: false,
        events: [{ kind: 'proven', actor: 'finalizer', detail: { note: 'ünï"cödé\n' } }],
      })),
    );
    const woken = await completeAssets(
      db,
      pending.map(asset => ({
        move: {
          id: asset.id,
          transition: 'complete',
          fence: asset.fence,
          dueInMs: null,
          events: [{ kind: 'completed', actor: 'f', detail: {} }],
        },
        size: asset.size,
        priority: 0,
        actor: 'f',
        deliveries: [
          { destination: 'partner', path: asset.filename, after: [] },
          { destination: 'second', path: asset.filename, after: ['partner'] },
        ],
      })),
    );
    expect([...woken]).toEqual(['partner']);
    expect(await claimDeliveries(db, 'second', { owner: 'd', limit: 10, leaseMs: 60_000 })).toEqual([]);
    const running = await claimDeliveries(db, 'partner', { owner: 'd', limit: 10, leaseMs: 60_000 });
    expect(running).toHaveLength(2);
    await moveDeliveries(
      db,
      running.map(delivery => ({
        id: delivery.id,
        transition: 'delivered',
        fence: delivery.fence,
        patch: { receipt: { outcome: 'delivered' }, bytes_sent: delivery.size },
        trouble: null,
        dueInMs: null,
        events: [{ kind: 'delivered', actor: 'd', detail: { deliveryId: delivery.id } }],
      })),
    );
    expect(await claimDeliveries(db, 'second', { owner: 'd', limit: 10, leaseMs: 60_000 })).toHaveLength(2);

    const trail = await readCustody(db, pending[0]?.id ?? '');
    expect(trail.map(event => event.kind)).toEqual([
      'discovered',
      'sent',
      'proven',
      'completed',
      'delivery-created',
      'delivery-created',
      'delivered',
    ]);
    expect(brokenLink(trail)).toBeUndefined();
    await db.$executeRaw`UPDATE custody_events SET detail = '{}' WHERE asset_id = ${pending[0]?.id ?? ''}::uuid AND seq = 2`;
    expect(brokenLink(await readCustody(db, pending[0]?.id ?? ''))).toMatch(/Event 2 was changed/);
  });

  it('runs deliveries to one path one at a time', async () => {
    const { list } = ground();
    const rows = await list(item(), item());
    for (const row of rows) {
      await db.$executeRaw`INSERT INTO deliveries (id, asset_id, destination, path, state, size, due_at, created_at, last_activity_at)
        VALUES (${uuidv7()}::uuid, ${row.id}::uuid, 'narrow', 'same/path', 'waiting', 1, now(), now(), now())`;
    }
    await db.$executeRaw`UPDATE assets SET landing_etag = 'e', sha256 = 'x' WHERE source LIKE 'source-%'`;
    const first = await claimDeliveries(db, 'narrow', { owner: 'd', limit: 10, leaseMs: 60_000 });
    expect(first).toHaveLength(1);
    expect(await claimDeliveries(db, 'narrow', { owner: 'd2', limit: 10, leaseMs: 60_000 })).toEqual([]);
  });
});

describe('deliveries to a destination that nobody knows', () => {
  it('say why they wait, until it is known again', async () => {
    const { list } = ground();
    const [row] = await list(item());
    await db.$executeRaw`INSERT INTO deliveries (id, asset_id, destination, path, state, size, due_at, created_at, last_activity_at)
      VALUES (${uuidv7()}::uuid, ${row?.id ?? ''}::uuid, 'renamed', 'a', 'waiting', 1, now(), now(), now())`;
    const told = async () => (await deliveriesOf(db, [row?.id ?? ''])).get(row?.id ?? '')?.[0];
    await tellUnknownDestinations(db, ['partner', 'second', 'narrow']);
    expect(await told()).toMatchObject({
      state: 'waiting',
      errorCode: 'unknown-destination',
      errorMessage: 'The configuration has no destination renamed.',
    });
    await tellUnknownDestinations(db, ['renamed']);
    expect((await told())?.errorCode).toBeNull();
  });
});

describe('lists', () => {
  it('page through everything once while rows are added', async () => {
    const { list } = ground();
    await list(...Array.from({ length: 7 }, () => item({ key: `findme/100%_${count}.bin` })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAssets(db, { q: '100%_', cursor, limit: 3 });
      seen.push(...page.items.map(row => row.id));
      cursor = page.nextCursor ?? undefined;
      await list(item({ key: `findme/100%_${count}.bin` }));
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    await expect(listAssets(db, { cursor: 'nonsense', limit: 3 })).rejects.toThrow(/without a cursor/);
  });
});
