import { setTimeout as pause } from 'node:timers/promises';
import type { ProblemDocument } from '@waybill/platform';
import type { DeliveryJson } from '../deliveries/delivery-json.ts';
import { startAdmin, type AdminFixture } from '../testing/admin-fixture.ts';
import { attempted, completed, discovered, failedIn, sha256, step, trouble } from '../testing/asset-rows.ts';
import type { AssetJson } from './asset-json.ts';
import type { WaybillJson } from './waybill-json.ts';

interface List {
  readonly items: readonly AssetJson[];
  readonly nextCursor: string | null;
}

const unknownId = '01890000-0000-7000-8000-000000000000';

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin();
});
afterAll(() => admin.close());
beforeEach(() => admin.forget());

const shown = async (id: string) => (await admin.get(`/api/assets/${id}`).expect(200)).body as AssetJson;
const listed = async (query: string) => (await admin.get(`/api/assets?${query}`).expect(200)).body as List;
const kinds = async (id: string) =>
  ((await admin.get(`/api/assets/${id}/waybill`)).body as WaybillJson).events.map(({ kind }) => kind);
const refusal = (answer: { readonly body: unknown }) => answer.body as ProblemDocument;
const woken = async (line: string) => {
  const end = performance.now() + 3_000;
  while (!admin.woken.includes(line)) {
    if (performance.now() > end) throw new Error(`not woken by ${line}, but by ${admin.woken.join()}`);
    await pause(10);
  }
};

describe('an asset', () => {
  it('is shown whole when it is completed, with landing, digests and deliveries', async () => {
    const id = await completed(admin.db, ['partner'], {
      filename: 'Größe 🎾.mp4',
      source: 'shown',
      size: 300,
    });
    const asset = await shown(id);
    expect(Object.keys(asset).sort()).toEqual(
      (
        'bytesReceived bytesSent chapter completedAt deliveries digests discoveredAt error failedStage filename ' +
        'generation id incomplete key landing lastActivityAt parts recording size source state'
      ).split(' '),
    );
    expect(asset).toMatchObject({
      id,
      source: 'shown',
      generation: 1,
      filename: 'Größe 🎾.mp4',
      recording: null,
      chapter: null,
      state: 'completed',
      failedStage: null,
      incomplete: false,
      size: 300,
      bytesReceived: 300,
      bytesSent: 300,
      parts: 0,
      error: null,
      landing: { bucket: 'waybill', size: 300, proof: 'in_flight' },
      digests: { sha256, xxh128: 'cd'.repeat(16) },
    });
    expect(asset.key).toMatch(/^day-\d+\/Größe 🎾\.mp4$/);
    expect(asset.landing?.key).toBe(`shown/${asset.key}`);
    expect(Date.parse(String(asset.completedAt))).toBeGreaterThan(Date.now() - 60_000);
    const [delivery] = asset.deliveries;
    expect(Object.keys(delivery ?? {}).sort()).toEqual(
      'assetId attempts bytesSent deliveredAt destination error id nextAttemptAt path priority receipt size state'.split(
        ' ',
      ),
    );
    expect(delivery).toMatchObject({ assetId: id, destination: 'partner', state: 'waiting', attempts: 0 });
  });

  it('has no landing before its proof, and tells its error with the next step', async () => {
    const id = await failedIn(admin.db, 'finalize');
    expect(await shown(id)).toMatchObject({
      state: 'failed',
      failedStage: 'finalize',
      landing: null,
      error: trouble,
      deliveries: [],
      completedAt: null,
    });
  });

  it('shows no secret that a far side worded into an error', async () => {
    const id = await discovered(admin.db);
    const message = 'connect to postgres://app:hunter2secret@db failed with password=hunter2secret';
    await step(admin.db, id, 'fail-receive', { trouble: { ...trouble, message, nextStep: message } });
    const { text } = await admin.get(`/api/assets/${id}`).expect(200);
    expect(text).toContain('[secret]');
    expect(text).not.toContain('hunter2secret');
  });

  it.each(['', '/waybill'])(
    'is 400 with the field for an id that is none, 404 for an unknown one (%p)',
    async rest => {
      const bad = refusal(await admin.get(`/api/assets/no-id${rest}`).expect(400));
      expect(bad.errors?.[0]?.field).toBe('id');
      const unknown = refusal(await admin.get(`/api/assets/${unknownId}${rest}`).expect(404));
      expect(unknown.detail).toBe(`There is no asset ${unknownId}.`);
    },
  );
});

describe('the list of assets', () => {
  let ids: string[];
  beforeAll(async () => {
    ids = [];
    for (let number = 1; number <= 7; number += 1) {
      ids.unshift(await discovered(admin.db, { source: 'paged', filename: `page_${number}%.mov` }));
    }
  });

  it('is newest first, and its pages neither skip nor repeat', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    let pages = 0;
    // A scan finds many files in one statement: the id decides between equal times.
    await admin.db.$executeRaw`UPDATE assets SET discovered_at = now() WHERE source = 'paged'`;
    while (cursor !== null) {
      const page: List = await listed(`source=paged&limit=3&cursor=${cursor}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      pages += 1;
    }
    expect(seen).toEqual(ids);
    expect(pages).toBe(3);
  });

  it('is filtered by state, source, destination and part of the name; a sign of LIKE is only itself', async () => {
    const failed = await failedIn(admin.db, 'receive', { source: 'filtered', filename: 'Odd NAME.csv' });
    const owed = await completed(admin.db, ['archive'], { source: 'filtered' });
    const found = async (query: string) => (await listed(query)).items.map(({ id }) => id);
    expect(await found('source=filtered')).toEqual([owed, failed]);
    expect(await found('source=filtered&state=failed')).toEqual([failed]);
    expect(await found('destination=archive')).toEqual([owed]);
    expect(await found('q=odd%20name')).toEqual([failed]);
    expect(await found('source=paged&q=_3%25')).toEqual([ids[4]]);
    expect(await found('source=filtered&q=%25%25')).toEqual([]);
    expect(await found(`recording=${unknownId}`)).toEqual([]);
    expect(await found("source=' OR 1=1 --")).toEqual([]);
    expect(await found('source=filtered&state=&q=')).toHaveLength(2);
  });

  it('brings each asset with its own deliveries', async () => {
    const source = 'with-deliveries';
    await completed(admin.db, ['a', 'b'], { source });
    await completed(admin.db, [], { source });
    const { items } = await listed(`source=${source}`);
    expect(items.map(({ deliveries }) => deliveries.map(({ destination }) => destination).sort())).toEqual([
      [],
      ['a', 'b'],
    ]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['state=lost', 'state'],
    ['state=failed&state=completed', 'state'],
    ['recording=tennis', 'recording'],
    ['cursor=bogus', 'cursor'],
    ['cursor=MTIzNDUuYWJj', 'cursor'],
    ['q=a%00b', 'q'],
    [`q=${'x'.repeat(300)}`, 'q'],
    ['colour=red', 'colour'],
  ])('refuses %s and names the field', async (query, field) => {
    const problem = refusal(await admin.get(`/api/assets?${query}`).expect(400));
    expect(problem.errors?.map(error => error.field)).toEqual([field]);
  });
});

describe('a waybill', () => {
  it('is verified, with the events in order and their details readable', async () => {
    const id = await completed(admin.db);
    const waybill = (await admin.get(`/api/assets/${id}/waybill`).expect(200)).body as WaybillJson;
    expect(waybill).toMatchObject({ assetId: id, verified: true, broken: null });
    expect(waybill.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(waybill.events[0]).toMatchObject({ kind: 'discovered', detail: { source: 'inbox', size: 10 } });
    expect(waybill.events.at(-1)).toMatchObject({
      kind: 'delivery-created',
      actor: 'cloud-finalizer',
      hash: waybill.head,
    });
    expect(waybill.events[1]?.prevHash).toBe(waybill.events[0]?.hash);
  });

  const broken = async (id: string) =>
    (await admin.get(`/api/assets/${id}/waybill`).expect(200)).body as WaybillJson;

  it('tells which event was changed, also into something that is no JSON', async () => {
    const id = await completed(admin.db);
    await admin.db
      .$executeRaw`UPDATE custody_events SET detail = 'not {json' WHERE asset_id = ${id}::uuid AND seq = 3`;
    expect(await broken(id)).toMatchObject({
      verified: false,
      broken: 'Event 3 was changed after it was written.',
    });
  });

  it('tells that its end was cut off', async () => {
    const id = await completed(admin.db);
    await admin.db.$executeRaw`DELETE FROM custody_events WHERE asset_id = ${id}::uuid AND seq >= 5`;
    expect(await broken(id)).toMatchObject({
      verified: false,
      broken: 'The trail ends with event 4, which is not the last one that was written.',
    });
  });
});

describe('a retry of an asset', () => {
  it.each([
    ['receive', 'receiving', 'edge.work'],
    ['finalize', 'pending_completion', 'finalizer.work'],
    ['metadata', 's3_completed', 'finalizer.work'],
  ] as const)('from %s starts it again there, at once, and wakes who does it', async (from, state, queue) => {
    const id = await failedIn(admin.db, from);
    const answer = await admin
      .post(`/api/assets/${id}/retry`, { from, reason: 'the key is right now' })
      .expect(200);
    expect(answer.body).toMatchObject({ id, state, failedStage: null, error: null });
    await woken(`${queue} ${id}`);
    const [row] = await admin.db.$queryRaw<{ due: boolean }[]>`
      SELECT due_at <= now() AS due FROM assets WHERE id = ${id}::uuid`;
    expect(row?.due).toBe(true);
    const waybill = (await admin.get(`/api/assets/${id}/waybill`)).body as WaybillJson;
    expect(waybill.verified).toBe(true);
    expect(waybill.events.at(-1)).toMatchObject({
      kind: 'retry',
      actor: 'the operator',
      detail: { from, reason: 'the key is right now' },
    });
  });

  it('asked for by twenty at once is one retry', async () => {
    const id = await failedIn(admin.db, 'receive');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => admin.post(`/api/assets/${id}/retry`, { from: 'receive' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await kinds(id)).filter(kind => kind === 'retry')).toHaveLength(1);
  });

  it('from another stage is refused, says from which it can be, and changes nothing', async () => {
    const id = await failedIn(admin.db, 'finalize', { filename: 'a.mov' });
    const problem = refusal(await admin.post(`/api/assets/${id}/retry`, { from: 'receive' }).expect(409));
    expect(problem).toMatchObject({
      status: 409,
      detail: '"a.mov" failed in the stage finalize, not in receive: retry it from "finalize".',
    });
    expect(await shown(id)).toMatchObject({ state: 'failed', failedStage: 'finalize', error: trouble });
    expect(admin.woken).toEqual([]);
  });

  it('of an asset that has not failed is refused with what is possible', async () => {
    const done = await completed(admin.db);
    const detail = refusal(
      await admin.post(`/api/assets/${done}/retry`, { from: 'metadata' }).expect(409),
    ).detail;
    expect(detail).toMatch(/is completed.*can be retried from "deliver"/);
    const fresh = await discovered(admin.db);
    const other = refusal(
      await admin.post(`/api/assets/${fresh}/retry`, { from: 'receive' }).expect(409),
    ).detail;
    expect(other).toMatch(/is discovered and goes on by itself/);
  });

  it.each([
    [{}, 'from'],
    [{ from: 'start' }, 'from'],
    [{ from: 'receive', destination: 'partner' }, 'destination'],
    [{ from: 'receive', why: 'x' }, 'why'],
    [{ from: 'receive', reason: 'a\u0000b' }, 'reason'],
    [{ from: 'receive', reason: '\ud800' }, 'reason'],
    [{ from: 'receive', reason: 'x'.repeat(501) }, 'reason'],
    [{ from: 'receive', reason: 7 }, 'reason'],
  ])('with the body %j is refused, naming the field', async (body, field) => {
    const id = await failedIn(admin.db, 'receive');
    const problem = refusal(await admin.post(`/api/assets/${id}/retry`, body).expect(400));
    expect(problem.errors?.map(error => error.field)).toEqual([field]);
    expect((await shown(id)).state).toBe('failed');
  });

  it('does not take a preview, which does not exist yet, for consent', async () => {
    const id = await failedIn(admin.db, 'receive');
    await admin.post(`/api/assets/${id}/retry?preview=true`, { from: 'receive' }).expect(400);
    expect((await shown(id)).state).toBe('failed');
  });

  it('of no asset is 400 or 404; a viewer may not', async () => {
    await admin.post('/api/assets/no-id/retry', { from: 'receive' }).expect(400);
    await admin.post(`/api/assets/${unknownId}/retry`, { from: 'receive' }).expect(404);
    await admin.post(`/api/assets/${unknownId}/retry`, { from: 'deliver' }).expect(404);
    const id = await failedIn(admin.db, 'receive');
    await admin.post(`/api/assets/${id}/retry`, { from: 'receive' }, 'viewer').expect(403);
    expect((await shown(id)).state).toBe('failed');
    await admin.post(`/api/assets/${id}/retry`, { from: 'receive' }, 'admin').expect(200);
  });
});

describe('a retry from "deliver"', () => {
  const byDestination = (asset: AssetJson) =>
    Object.fromEntries(asset.deliveries.map(({ destination, state }) => [destination, state]));

  async function twoFailed(): Promise<{ id: string; deliveries: readonly DeliveryJson[] }> {
    const id = await completed(admin.db, ['partner', 'archive', 'third']);
    const { deliveries } = await shown(id);
    for (const { id: delivery, destination } of deliveries) {
      await attempted(admin.db, delivery, destination === 'third' ? 'delivered' : 'fail');
    }
    return { id, deliveries };
  }

  it('starts the failed deliveries to that destination again, and no other', async () => {
    const { id } = await twoFailed();
    const answer = await admin
      .post(`/api/assets/${id}/retry`, { from: 'deliver', destination: 'partner' })
      .expect(200);
    expect((answer.body as AssetJson).state).toBe('completed');
    expect(byDestination(answer.body as AssetJson)).toEqual({
      partner: 'waiting',
      archive: 'failed',
      third: 'delivered',
    });
    await woken(`delivery.work ${id}`);
  });

  it('without a destination starts all failed ones again, once', async () => {
    const { id } = await twoFailed();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => admin.post(`/api/assets/${id}/retry`, { from: 'deliver' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(byDestination(await shown(id))).toEqual({
      partner: 'waiting',
      archive: 'waiting',
      third: 'delivered',
    });
    expect((await kinds(id)).filter(kind => kind === 'delivery-retry')).toHaveLength(2);
  });

  it('says what there is where nothing failed', async () => {
    const { id } = await twoFailed();
    const detail = async (asset: string, destination: string) =>
      refusal(await admin.post(`/api/assets/${asset}/retry`, { from: 'deliver', destination }).expect(409))
        .detail;
    expect(await detail(id, 'third')).toMatch(
      /no failed delivery to retry: the one to "third" is delivered\.$/,
    );
    expect(await detail(id, 'nowhere')).toMatch(
      /no delivery to "nowhere"; it has deliveries to ("\w+",? ?){3}\.$/,
    );
    expect(await detail(await discovered(admin.db), 'partner')).toMatch(/has no deliveries yet/);
  });
});
