import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import { v7 as uuidv7 } from 'uuid';
import { brokenLink } from '@waybill/domain';
import {
  assetSets,
  claimForFinalizer,
  endUploads,
  findAsset,
  liveUploads,
  moveAssets,
  openDatabase,
  readCustody,
  recordIntents,
  recordOpened,
  recordSent,
  releaseAssets,
  releaseNode,
  takeListing,
  waitingAtSource,
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
/** A source of its own with one file. */
function ground() {
  count += 1;
  const [source, node] = [`source-${count}`, `node-${count}`];
  const item: ListedItem = {
    key: 'a.mp4',
    filename: 'a.mp4',
    identity: `inode-${count}`,
    revision: '1',
    size: 10,
    contentType: 'video/mp4',
    landingKey: `${source}/a.mp4`,
    route: { deliver: [], metadata: 'never', deliverIncomplete: false },
  };
  const list = async (over: Partial<ListedItem> = {}) => {
    const items = [{ ...item, ...over }];
    const [row] = await takeListing(db, { source, node, landing: 's3', actor: node, items });
    return row?.id ?? '';
  };
  const ready = async () => {
    const id = await list();
    const patch = { verdict: {}, verdict_revision: '1' };
    await moveAssets(db, [{ id, transition: 'ready', patch, dueInMs: 0, events: [] }]);
    return id;
  };
  /** As a worker's claim leaves it. */
  const claim = async (id: string) => {
    await db.$executeRaw`
      UPDATE assets SET lease_owner = 'worker', fence = fence + 1, lease_expires_at = now() + interval '1 minute',
        due_at = now() + interval '1 minute' WHERE id = ${id}::uuid`;
    return (await findAsset(db, id))?.fence ?? -1;
  };
  return { source, node, list, ready, claim };
}

const dueOf = async (id: string) => {
  const [row] = await db.$queryRaw<{ due: Date | null; owner: string | null }[]>`
    SELECT due_at AS due, lease_owner AS owner FROM assets WHERE id = ${id}::uuid`;
  return row;
};

describe('a file that moves while a worker holds it', () => {
  it('is taken from the worker, which can neither receive it nor give it back', async () => {
    const { ready, claim, list } = ground();
    const id = await ready();
    const fence = await claim(id);
    await list({ revision: '2', size: 20 });
    const receive = { id, transition: 'receive' as const, fence, release: false, events: [] };
    expect((await moveAssets(db, [receive])).size).toBe(0);
    await releaseAssets(db, [{ id, fence }]);
    // Without a verdict it is due for nobody.
    expect(await dueOf(id)).toEqual({ due: null, owner: null });
    expect(await findAsset(db, id)).toMatchObject({ state: 'discovered', verdictRevision: null, size: 20 });
  });

  it('is not called gone while a worker may have it open', async () => {
    const { source, ready, claim } = ground();
    const id = await ready();
    expect(await waitingAtSource(db, source)).toMatchObject([{ id, begun: false, verdictRevision: '1' }]);
    const [{ fence = -1 } = {}] = await waitingAtSource(db, source);
    await claim(id);
    expect(await waitingAtSource(db, source)).toEqual([]);
    const gone = { id, fence, transition: 'fail-receive' as const, events: [] };
    expect((await moveAssets(db, [gone])).size).toBe(0);
  });

  it('stuck in mid receiving, due for nobody, is due when its node begins anew', async () => {
    const { node, ready } = ground();
    const id = await ready();
    await db.$executeRaw`UPDATE assets SET state = 'receiving', due_at = NULL WHERE id = ${id}::uuid`;
    await releaseNode(db, node);
    expect((await dueOf(id))?.due).not.toBeNull();
  });
});

describe('a name', () => {
  it('that was refused and put right is the next generation, once', async () => {
    const { list } = ground();
    const refused = await list({ refused: 'The name holds a line feed.' });
    expect(await list({ refused: 'The name holds a line feed.' })).toBe(refused);
    const taken = await list({ key: 'good.mp4' });
    expect(await findAsset(db, taken)).toMatchObject({
      generation: 2,
      state: 'discovered',
      sourceKey: 'good.mp4',
    });
    expect(await list({ key: 'good.mp4' })).toBe(taken);
  });

  it('of a failed file is kept up to date, so that a retry finds it', async () => {
    const { ready, list } = ground();
    const id = await ready();
    await moveAssets(db, [{ id, transition: 'fail-receive', events: [] }]);
    expect(await list({ key: 'moved/b.mp4' })).toBe(id);
    expect(await findAsset(db, id)).toMatchObject({ state: 'failed', sourceKey: 'moved/b.mp4' });
  });
});

describe('an upload', () => {
  it('of a late worker is not opened, sent or ended by it', async () => {
    const { ready, claim } = ground();
    const assetId = await ready();
    const late = await claim(assetId);
    const id = uuidv7();
    const intent = { id, assetId, fence: late, landing: 's3', key: 'k', token: assetId, plan: {} };
    await recordIntents(db, [{ ...intent, kind: 'multipart' }]);
    const fence = await claim(assetId);
    expect(await recordOpened(db, { id, fence: late, s3UploadId: 'late' })).toBe(false);
    expect(await recordOpened(db, { id, fence, s3UploadId: 'ours' })).toBe(true);
    expect((await recordSent(db, [{ id, fence: late, etag: 'late', proof: null }])).size).toBe(0);
    await endUploads(db, [{ id, fence: late }], 'aborted');
    expect((await liveUploads(db, [assetId])).get(assetId)).toMatchObject({
      state: 'open',
      s3UploadId: 'ours',
      etag: null,
    });
  });
});

describe('a set', () => {
  it('in which one row is refused by Postgres moves all the others', async () => {
    const ids = [];
    for (let file = 0; file < 8; file += 1) ids.push(await ground().ready());
    const sets = assetSets(db);
    const answers = await Promise.allSettled(
      ids.map((id, index) =>
        sets.move({
          id,
          transition: 'receive',
          events: [{ kind: 'noted', actor: 'w', detail: {} }],
          // A NUL is no text to Postgres.
          patch: { revision: index === 5 ? 'a\u0000b' : '1' },
        }),
      ),
    );
    expect(answers.map(answer => answer.status === 'fulfilled' && answer.value)).toEqual(
      ids.map((_, index) => index !== 5),
    );
    for (const [index, id] of ids.entries()) {
      expect((await findAsset(db, id))?.state).toBe(index === 5 ? 'discovered' : 'receiving');
      const trail = await readCustody(db, id);
      expect(trail.map(event => event.kind)).toEqual(index === 5 ? ['discovered'] : ['discovered', 'noted']);
      expect(brokenLink(trail)).toBeUndefined();
    }
  });
});

describe('a claim', () => {
  it('takes what has been due longest, whatever its state, so that neither kind starves the other', async () => {
    const ids: string[] = [];
    for (let file = 0; file < 6; file += 1) ids.push(await ground().ready());
    for (const [index, id] of ids.entries())
      await db.$executeRaw`
        UPDATE assets SET due_at = now() - ${100 - index} * interval '1 second', sha256 = 's', landing_etag = 'e',
          landing_size = size, landing_proof = 'size',
          state = ${index % 2 === 0 ? 'pending_completion' : 's3_completed'} WHERE id = ${id}::uuid`;
    const claimed = await claimForFinalizer(db, { owner: 'f', limit: 4, leaseMs: 60_000 });
    expect(new Set(claimed.map(row => row.id))).toEqual(new Set(ids.slice(0, 4)));
  });
});
