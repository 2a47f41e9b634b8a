import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { brokenLink } from '@waybill/domain';
import { findAsset, readCustody, retryDelivery, type ClaimedDelivery } from '@waybill/state';
import { DeliverFixture, owes } from './deliver-fixture.ts';

let on: DeliverFixture;

beforeAll(async () => {
  on = await DeliverFixture.create();
});
afterEach(() => on.rest());
afterAll(() => on.close());

const signal = new AbortController().signal;
const noError = { errorCode: null, errorMessage: null, errorNextStep: null };
const retry = (id: string) => retryDelivery(on.db, { id, actor: 'someone', reason: null });

describe('a delivery', () => {
  it('is made once, with its receipt in the row and in the waybill', async () => {
    const id = await on.owed('the bytes', [owes('once.csv')]);
    const work = await on.work();
    expect(await on.run(work)).toBe(1);
    expect((await on.folder.read('once.csv'))?.toString()).toBe('the bytes');
    expect(await on.delivery(id)).toMatchObject({
      state: 'delivered',
      attempts: 0,
      bytesSent: 9,
      ...noError,
    });
    expect((await on.delivery(id)).receipt).toMatchObject({ outcome: 'delivered' });
    expect(await on.run(work)).toBe(0);
    const trail = await readCustody(on.db, id);
    expect(trail.map(event => event.kind)).toEqual(['discovered', 'delivery-created', 'delivered']);
    expect(brokenLink(trail)).toBeUndefined();
    expect(await on.condition()).toMatchObject({ condition: 'ok', sentence: null });
    expect(on.woken).toBe(1);
  });

  it('to a destination that is away waits with one sentence, is tried again by itself, and the sentence goes', async () => {
    const id = await on.owed('late', [owes('late.csv')]);
    const away = await on.work('partner', on.adapter({ port: 1 }));
    await on.run(away);
    const waiting = await on.delivery(id);
    expect(waiting).toMatchObject({ state: 'waiting', errorCode: 'unreachable', attempts: 1 });
    expect(waiting.errorMessage).toMatch(/^Destination "partner" .*refused/);
    expect(waiting.errorNextStep).not.toBe('');
    expect(await on.condition()).toMatchObject({ condition: 'unreachable', sentence: waiting.errorMessage });
    expect(await on.run(away)).toBe(0);
    await on.hurry();
    await on.run(away);
    expect(await on.delivery(id)).toMatchObject({ state: 'waiting', attempts: 2 });
    await on.hurry();
    await on.run(await on.work());
    expect(await on.delivery(id)).toMatchObject({ state: 'delivered', ...noError });
    expect(await on.condition()).toMatchObject({ condition: 'ok', sentence: null, nextStep: null });
    expect(await on.kinds(id)).toEqual(['discovered', 'delivery-created', 'delivery-waiting', 'delivered']);
    expect((await findAsset(on.db, id))?.state).toBe('completed');
  });

  it('where other bytes stand fails with one sentence; once they are moved away, a retry delivers', async () => {
    await on.folder.put('taken.csv', Buffer.from('theirs'));
    const id = await on.owed('ours', [owes('taken.csv')]);
    const work = await on.work();
    await on.run(work);
    const failed = await on.delivery(id);
    expect(failed).toMatchObject({ state: 'failed', errorCode: 'conflict', attempts: 1, dueAt: null });
    expect(failed.errorMessage).toContain('taken.csv');
    expect(failed.errorNextStep).toMatch(/move them away/);
    expect((await on.folder.read('taken.csv'))?.toString()).toBe('theirs');
    // The file is in the way, the destination is well.
    expect((await on.condition())?.condition).not.toBe('conflict');
    await rm(join(on.folder.root, 'taken.csv'));
    expect(await retry(failed.id)).toBe(true);
    await on.run(work);
    expect(await on.delivery(id)).toMatchObject({ state: 'delivered', ...noError });
    expect((await on.folder.read('taken.csv'))?.toString()).toBe('ours');
  });

  it('of two files of one name from different folders: the second fails and says under which name', async () => {
    const first = await on.owed('from a', [owes('clip.csv')], { key: 'a/clip.csv' });
    const second = await on.owed('from b', [owes('clip.csv')], { key: 'b/clip.csv' });
    const work = await on.work();
    // One at a time to one path, however many are claimed.
    expect(await on.run(work)).toBe(1);
    expect(await on.run(work)).toBe(1);
    expect(await on.delivery(first)).toMatchObject({ state: 'delivered' });
    const failed = await on.delivery(second);
    expect(failed).toMatchObject({ state: 'failed', errorCode: 'conflict' });
    expect(failed.errorMessage).toContain('clip.csv');
    expect((await on.folder.read('clip.csv'))?.toString()).toBe('from a');
  });

  it('that waits for another starts when that one is made, and not when it failed', async () => {
    await on.folder.put('order.csv', Buffer.from('in the way'));
    const id = await on.owed('ordered', [
      owes('order.csv'),
      owes('archive/order.csv', 'archive', ['partner']),
    ]);
    const partner = await on.work();
    const archive = await on.work('archive');
    expect(await on.run(archive)).toBe(0);
    await on.run(partner);
    expect(await on.run(archive)).toBe(0);
    const [first] = await on.deliveries(id);
    await rm(join(on.folder.root, 'order.csv'));
    await retry(first?.id ?? '');
    await on.run(partner);
    expect(await on.run(archive)).toBe(1);
    expect((await on.deliveries(id)).map(delivery => delivery.state)).toEqual(['delivered', 'delivered']);
  });

  it('of an older generation is cancelled once a newer one is delivered', async () => {
    const file = { identity: 'same', source: 'again', key: 'table.csv' };
    await on.folder.put('table.csv', Buffer.from('in the way'));
    const old = await on.owed('one', [owes('table.csv')], file);
    const work = await on.work();
    await on.run(work);
    expect(await on.delivery(old)).toMatchObject({ state: 'failed' });
    const next = await on.owed('two', [owes('table.csv')], { ...file, revision: '2' });
    await rm(join(on.folder.root, 'table.csv'));
    await on.run(work);
    expect(await on.delivery(next)).toMatchObject({ state: 'delivered' });
    expect(await on.delivery(old)).toMatchObject({ state: 'cancelled', errorCode: 'superseded' });
    expect(brokenLink(await readCustody(on.db, old))).toBeUndefined();
  });
});

describe('a delivery service that loses its hold', () => {
  const claimOne = async (work: { claim(limit: number): Promise<ClaimedDelivery[]> }) => {
    await on.db.$executeRaw`UPDATE deliveries SET due_at = now() WHERE state = 'delivering'`;
    const [claimed] = await work.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    return claimed;
  };

  it('late cannot move the row, and the file is there once', async () => {
    const id = await on.owed('fenced', [owes('fenced.csv')]);
    const [late, next] = [await on.work(), await on.work()];
    const old = await claimOne(late);
    const held = await claimOne(next);
    expect(held.fence).toBe(old.fence + 1);
    await next.deliver(held, signal);
    const done = await on.delivery(id);
    await late.deliver(old, signal);
    expect(await on.delivery(id)).toEqual(done);
    expect(on.woken).toBe(1);
    expect(
      (await on.folder.list()).filter(name => name.includes('fenced') || name.includes('.part')),
    ).toEqual(['fenced.csv']);
    expect((await on.kinds(id)).filter(kind => kind === 'delivered')).toHaveLength(1);
  });

  it('late and failing cannot take a made delivery back', async () => {
    const id = await on.owed('kept', [owes('kept.csv')]);
    const late = await on.work('partner', on.adapter({ port: 1 }));
    const next = await on.work();
    const old = await claimOne(late);
    await next.deliver(await claimOne(next), signal);
    await late.deliver(old, signal);
    expect(await on.delivery(id)).toMatchObject({ state: 'delivered', ...noError });
  });

  it('after the file was published and before the row said so: the next attempt finds it', async () => {
    const id = await on.owed('published', [owes('published.csv')]);
    const work = await on.work();
    await claimOne(work);
    await on.folder.put('published.csv', Buffer.from('published'));
    await work.deliver(await claimOne(work), signal);
    const done = await on.delivery(id);
    expect(done).toMatchObject({ state: 'delivered' });
    expect(done.receipt).toMatchObject({ outcome: 'already-present' });
  });

  it('and is told to stop gives the delivery back, due at once and without an error', async () => {
    const id = await on.owed('stopped', [owes('stopped.csv')]);
    const work = await on.work();
    await work.deliver(await claimOne(work), AbortSignal.abort(new Error('The service is stopping.')));
    expect(await on.delivery(id)).toMatchObject({ state: 'waiting', attempts: 0, ...noError });
    expect(await on.run(work)).toBe(1);
    expect(await on.delivery(id)).toMatchObject({ state: 'delivered' });
  });
});

describe('an object that can’t be delivered', () => {
  it('gone from the landing: failed, told of the object and not of the destination', async () => {
    const id = await on.owed('vanished', [owes('vanished.csv')]);
    const asset = await findAsset(on.db, id);
    const which = { Bucket: on.store.bucket, Key: asset?.landingKey };
    await on.store.vendor.send(new DeleteObjectCommand(which));
    await on.run(await on.work());
    const failed = await on.delivery(id);
    expect(failed).toMatchObject({ state: 'failed', errorCode: 'missing' });
    expect(failed.errorMessage).toContain(asset?.landingKey);
    expect((await on.condition())?.condition).not.toBe('missing');
    expect(await on.folder.list()).not.toContain('vanished.csv');
  });

  it('in a landing that the configuration doesn’t have: waits, says why and what to do', async () => {
    const id = await on.owed('where', [owes('where.csv')]);
    await on.db.$executeRaw`UPDATE assets SET landing = 'elsewhere' WHERE id = ${id}::uuid`;
    const work = await on.work();
    await on.run(work);
    expect(await on.delivery(id)).toMatchObject({
      state: 'waiting',
      attempts: 1,
      errorMessage:
        "where.csv can't be delivered to partner: its object lies in the landing elsewhere, and this delivery service reads from s3.",
      errorNextStep:
        'Give the landing in the configuration its name elsewhere back; then this goes on by itself.',
    });
    await on.db.$executeRaw`UPDATE assets SET landing = 's3' WHERE id = ${id}::uuid`;
    await on.hurry();
    await on.run(work);
    expect(await on.delivery(id)).toMatchObject({ state: 'delivered', ...noError });
  });
});
