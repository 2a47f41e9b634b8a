import { setTimeout as pause } from 'node:timers/promises';
import type { ProblemDocument } from '@waybill/platform';
import { deliveriesOf } from '@waybill/state';
import type { WaybillJson } from '../assets/waybill-json.ts';
import { startAdmin, type AdminFixture } from '../testing/admin-fixture.ts';
import { attempted, completed, trouble } from '../testing/asset-rows.ts';
import type { DeliveryJson } from './delivery-json.ts';

interface List {
  readonly items: readonly DeliveryJson[];
  readonly nextCursor: string | null;
}

const unknownId = '01890000-0000-7000-8000-000000000000';

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin();
});
afterAll(() => admin.close());
beforeEach(() => admin.forget());

/** A delivery that waits and was never tried. */
async function owed(destination = 'partner'): Promise<{ id: string; assetId: string }> {
  const assetId = await completed(admin.db, [destination]);
  const [row] = (await deliveriesOf(admin.db, [assetId])).get(assetId) ?? [];
  return { id: row?.id ?? '', assetId };
}

async function ended(outcome: 'fail' | 'later' | 'delivered', destination?: string) {
  const delivery = await owed(destination);
  await attempted(admin.db, delivery.id, outcome);
  return delivery;
}

const shown = async (id: string) =>
  (await admin.get(`/api/deliveries/${id}`).expect(200)).body as DeliveryJson;
const refusal = (answer: { readonly body: unknown }) => answer.body as ProblemDocument;

describe('a delivery', () => {
  it('is shown while it waits out a trouble, with the time of its next attempt', async () => {
    const { id, assetId } = await ended('later');
    const delivery = await shown(id);
    expect(delivery).toMatchObject({
      id,
      assetId,
      destination: 'partner',
      state: 'waiting',
      path: `${assetId}.mp4`,
      size: 10,
      bytesSent: 0,
      attempts: 1,
      priority: 0,
      error: trouble,
      receipt: null,
      deliveredAt: null,
    });
    expect(Date.parse(String(delivery.nextAttemptAt)) - Date.now()).toBeGreaterThan(500_000);
  });

  it('is shown delivered with its receipt and without a next attempt', async () => {
    const { id } = await ended('delivered');
    const delivery = await shown(id);
    expect(delivery).toMatchObject({
      state: 'delivered',
      nextAttemptAt: null,
      error: null,
      receipt: { outcome: 'delivered', evidence: { size: 10 }, proofLevel: 'size' },
    });
    expect(Date.parse(String(delivery.deliveredAt))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is 400 with the field for an id that is none, 404 for an unknown one', async () => {
    expect(refusal(await admin.get('/api/deliveries/1').expect(400)).errors?.[0]?.field).toBe('id');
    expect(refusal(await admin.get(`/api/deliveries/${unknownId}`).expect(404)).detail).toBe(
      `There is no delivery ${unknownId}.`,
    );
  });
});

describe('the list of deliveries', () => {
  it('is newest first in pages, by destination and state', async () => {
    const made: string[] = [];
    for (let number = 0; number < 5; number += 1) made.unshift((await owed('listed')).id);
    const failed = (await ended('fail', 'listed')).id;
    const first = (await admin.get('/api/deliveries?destination=listed&limit=4').expect(200)).body as List;
    const second = (
      await admin.get(`/api/deliveries?destination=listed&limit=4&cursor=${first.nextCursor}`).expect(200)
    ).body as List;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([failed, ...made]);
    expect(second.nextCursor).toBeNull();
    const ofState = (await admin.get('/api/deliveries?destination=listed&state=failed').expect(200))
      .body as List;
    expect(ofState.items.map(({ id }) => id)).toEqual([failed]);
  });

  it.each([
    ['state=completed', 'state'],
    ['limit=-1', 'limit'],
    ['cursor=%2e', 'cursor'],
    ['source=inbox', 'source'],
  ])('refuses %s and names the field', async (query, field) => {
    const problem = refusal(await admin.get(`/api/deliveries?${query}`).expect(400));
    expect(problem.errors?.map(error => error.field)).toEqual([field]);
  });
});

describe('a retry of a delivery', () => {
  it.each(['fail', 'later'] as const)(
    'that ended with "%s" starts it at once, and wakes who delivers',
    async outcome => {
      const { id, assetId } = await ended(outcome);
      const before = Date.now();
      const answer = await admin
        .post(`/api/deliveries/${id}/retry`, { reason: 'the partner is back' })
        .expect(200);
      expect(answer.body).toMatchObject({ id, state: 'waiting', attempts: 0, error: null });
      const next = Date.parse(String((answer.body as DeliveryJson).nextAttemptAt));
      expect(Math.abs(next - before)).toBeLessThan(5_000);
      while (!admin.woken.includes(`delivery.work ${assetId}`)) await pause(10);
      const waybill = (await admin.get(`/api/assets/${assetId}/waybill`)).body as WaybillJson;
      expect(waybill.verified).toBe(true);
      expect(waybill.events.at(-1)).toMatchObject({
        kind: 'delivery-retry',
        actor: 'the operator',
        detail: { deliveryId: id, reason: 'the partner is back' },
      });
    },
  );

  it.each(['fail', 'later'] as const)('asked for by twenty at once is one retry (%s)', async outcome => {
    const { id, assetId } = await ended(outcome);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => admin.post(`/api/deliveries/${id}/retry`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    const { events } = (await admin.get(`/api/assets/${assetId}/waybill`)).body as WaybillJson;
    expect(events.filter(({ kind }) => kind === 'delivery-retry')).toHaveLength(1);
  });

  it.each([
    ['due', owed, /is due and starts by itself/],
    ['delivered', () => ended('delivered'), /was made and confirmed/],
  ])('that is %s is refused with a sentence, and changes nothing', async (_, make, sentence) => {
    const { id } = await make();
    const before = await shown(id);
    const problem = refusal(await admin.post(`/api/deliveries/${id}/retry`).expect(409));
    expect(problem.detail).toMatch(sentence);
    expect(await shown(id)).toEqual(before);
    expect(admin.woken).toEqual([]);
  });

  it('that is under way is refused and leaves its worker alone', async () => {
    const { id } = await owed();
    await admin.db
      .$executeRaw`UPDATE deliveries SET state = 'delivering', lease_owner = 'w', fence = 3 WHERE id = ${id}::uuid`;
    const problem = refusal(await admin.post(`/api/deliveries/${id}/retry`).expect(409));
    expect(problem.detail).toMatch(/is under way/);
    const [row] = await admin.db.$queryRaw<object[]>`
      SELECT state, lease_owner, fence::int FROM deliveries WHERE id = ${id}::uuid`;
    expect(row).toEqual({ state: 'delivering', lease_owner: 'w', fence: 3 });
  });

  it('that waits for the route’s earlier destination is refused, as the order is the route’s', async () => {
    const { id } = await owed();
    await admin.db.$executeRaw`UPDATE deliveries SET due_at = NULL, after = '{first}' WHERE id = ${id}::uuid`;
    const problem = refusal(await admin.post(`/api/deliveries/${id}/retry`).expect(409));
    expect(problem.detail).toMatch(/earlier destinations \("first"\)/);
  });

  it('needs a known id, a body that fits and the role of an operator', async () => {
    const { id } = await ended('fail');
    await admin.post('/api/deliveries/x/retry').expect(400);
    await admin.post(`/api/deliveries/${unknownId}/retry`).expect(404);
    const extra = refusal(await admin.post(`/api/deliveries/${id}/retry`, { from: 'deliver' }).expect(400));
    expect(extra.errors?.map(({ field }) => field)).toEqual(['from']);
    await admin.post(`/api/deliveries/${id}/retry`, {}, 'viewer').expect(403);
    expect((await shown(id)).state).toBe('failed');
  });
});
