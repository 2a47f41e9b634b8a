import { AbortMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { brokenLink } from '@waybill/domain';
import { liveUploads, readCustody, retryAsset } from '@waybill/state';
import { FinalizeFixture } from './finalize-fixture.ts';

let on: FinalizeFixture;

beforeAll(async () => {
  on = await FinalizeFixture.create();
});
beforeEach(() => {
  on.store.proxy.calm();
  on.said.length = 0;
  on.returned.length = 0;
});
afterAll(() => on.close());

const signal = new AbortController().signal;
const noError = { errorCode: null, errorMessage: null, errorNextStep: null, attempts: 0 };
const completes = () =>
  on.store.proxy.seen.filter(({ method, url }) => method === 'POST' && url.includes('uploadId'));

describe('a sent file', () => {
  it.each([['whole'], ['in parts']])('stored %s is proven, described and handed on', async how => {
    const route = {
      deliver: [{ to: 'partner' }, { to: 'archive', directory: 'films', after: ['partner'] }],
      metadata: 'always' as const,
      deliverIncomplete: false,
    };
    const asset =
      how === 'whole'
        ? await on.sentWhole('a.mp4', 'film', route)
        : (await on.sentInParts('a.mp4', route)).asset;
    const done = await on.finalize(asset);
    expect(done).toMatchObject({
      state: 'completed',
      landingSize: asset.size,
      landingProof: 'in_flight',
      ...noError,
    });
    expect(await on.kinds(asset)).toEqual([
      'discovered',
      'sent',
      'landed',
      'described',
      'completed',
      'delivery-created',
      'delivery-created',
    ]);
    expect(brokenLink(await readCustody(on.db, asset.id))).toBeUndefined();
    const [first, second] = await on.deliveries(asset);
    expect(first).toMatchObject({ destination: 'partner', path: 'a.mp4', state: 'waiting', after: [] });
    expect(first?.dueAt).not.toBeNull();
    expect(second).toMatchObject({
      destination: 'archive',
      path: 'films/a.mp4',
      state: 'waiting',
      after: ['partner'],
      dueAt: null,
    });
    const document = JSON.parse(
      (await on.store.stored(`${asset.landingKey}.metadata.json`)).toString(),
    ) as object;
    expect(document).toMatchObject({
      asset: { id: asset.id },
      landing: { etag: done.landingEtag, size: asset.size, proof: 'in_flight' },
      digests: { sha256: asset.sha256 },
      upload: { kind: how === 'whole' ? 'put' : 'multipart' },
      times: { landed: done.s3CompletedAt?.toISOString() },
    });
  });

  it('with metadata for media alone: a film has some, a table has none', async () => {
    const route = { deliver: [], metadata: 'media' as const, deliverIncomplete: false };
    for (const [name, expected] of [
      ['a.mp4', true],
      ['a.csv', false],
    ] as const) {
      const asset = await on.sentWhole(name, 'content', route);
      expect(await on.finalize(asset)).toMatchObject({ state: 'completed' });
      expect(await on.store.exists(`${asset.landingKey}.metadata.json`)).toBe(expected);
    }
  });
});

describe('the object', () => {
  it('is proven although the answer of Complete was lost', async () => {
    const { asset, whole } = await on.sentInParts('lost.mp4');
    let lost = 0;
    on.store.proxy.faults = ({ method, url }) =>
      method === 'POST' && url.includes('uploadId') && lost++ === 0 ? { kind: 'lose-answer' } : undefined;
    expect(await on.finalize(asset)).toMatchObject({ state: 'completed', ...noError });
    expect(lost).toBeGreaterThan(0);
    expect((await on.store.stored(asset.landingKey)).equals(whole)).toBe(true);
  });

  it('that stands already when the finalizer died before it said so is proven, and not made again', async () => {
    const { asset } = await on.sentInParts('dead.mp4');
    const upload = (await liveUploads(on.db, [asset.id])).get(asset.id);
    const stop = new AbortController();
    const landing = on.store.landing.finalizer;
    const dying = new Proxy(landing, {
      get: (target, name) => {
        if (name !== 'complete') return Reflect.get(target, name) as unknown;
        return async (wanted: Parameters<typeof landing.complete>[0]) => {
          await target.complete(wanted);
          stop.abort(new Error('killed'));
          throw stop.signal.reason;
        };
      },
    });
    await on.finalizer(dying).finalize(await on.claim(asset), stop.signal);
    expect(await on.row(asset)).toMatchObject({ state: 'pending_completion', attempts: 0 });
    on.store.proxy.calm();
    expect(await on.finalize(asset)).toMatchObject({ state: 'completed' });
    expect(completes()).toEqual([]);
    expect((await on.kinds(asset)).filter(kind => kind === 'landed')).toHaveLength(1);
    expect((await liveUploads(on.db, [asset.id])).get(asset.id)).toMatchObject({
      id: upload?.id,
      state: 'completed',
    });
  });

  it('with two finalizers at once is one, with one set of deliveries', async () => {
    const { asset, whole } = await on.sentInParts('two.mp4');
    const late = await on.claim(asset);
    const next = await on.claim(asset);
    expect(next.fence).toBe(late.fence + 1);
    await Promise.all([on.finalizer().finalize(late, signal), on.finalizer().finalize(next, signal)]);
    expect(await on.row(asset)).toMatchObject({ state: 'completed', ...noError });
    expect((await on.store.stored(asset.landingKey)).equals(whole)).toBe(true);
    expect(await on.deliveries(asset)).toHaveLength(1);
    expect(await on.kinds(asset)).toEqual([
      'discovered',
      'sent',
      'landed',
      'described',
      'completed',
      'delivery-created',
    ]);
    expect((await liveUploads(on.db, [asset.id])).get(asset.id)?.state).toBe('completed');
  });

  it('whose parts are refused goes back to its edge with a sentence, is sent again and lands', async () => {
    const { asset, whole } = await on.sentInParts('refused.mp4');
    await on.db.$executeRaw`
      UPDATE parts SET etag = md5(etag) WHERE number = 1 AND upload_id IN (SELECT id FROM uploads WHERE asset_id = ${asset.id}::uuid)`;
    const back = await on.finalize(asset);
    expect(back).toMatchObject({ state: 'receiving', errorCode: 'parts-rejected', attempts: 1 });
    expect(back.errorMessage).toMatch(
      /^source-\d+\/refused\.mp4 could not be made of what was sent: InvalidPart/,
    );
    expect(on.returned).toEqual([asset.node]);
    expect(await on.store.exists(asset.landingKey)).toBe(false);
    // The upload stands: its edge compares it part by part.
    expect((await liveUploads(on.db, [asset.id])).get(asset.id)?.state).toBe('sent');
    const again = await on.sendParts(await on.take(asset.node), whole);
    expect(await on.finalize(again)).toMatchObject({ state: 'completed', ...noError });
    expect((await on.store.stored(asset.landingKey)).equals(whole)).toBe(true);
  });

  it('whose journal has a hole, or is another file’s, is never made', async () => {
    const { asset, whole } = await on.sentInParts('hole.mp4');
    const other = await on.sentInParts('other.mp4');
    const uploadOf = async (id: string) => (await liveUploads(on.db, [id])).get(id)?.id ?? '';
    const [mine, theirs] = [await uploadOf(asset.id), await uploadOf(other.asset.id)];
    await on.db.$executeRaw`DELETE FROM parts WHERE upload_id = ${mine}::uuid AND number = 1`;
    expect((await on.finalize(asset)).errorMessage).toMatch(/have a hole at byte 0\.$/);
    const again = await on.sendParts(await on.take(asset.node), whole);
    await on.db.$executeRaw`DELETE FROM parts WHERE upload_id = ${await uploadOf(asset.id)}::uuid`;
    await on.db.$executeRaw`
      UPDATE parts SET upload_id = ${await uploadOf(asset.id)}::uuid WHERE upload_id = ${theirs}::uuid`;
    const refused = await on.finalize(again);
    expect(refused).toMatchObject({ state: 'receiving' });
    expect(refused.errorMessage).toMatch(/are not the bytes that were read/);
    expect(completes()).toEqual([]);
    // Refused twice: it is sent anew, and not in a tight loop.
    expect(
      await on.db.$queryRaw`SELECT due_at > now() AS later FROM assets WHERE id = ${asset.id}::uuid`,
    ).toEqual([{ later: true }]);
    expect((await liveUploads(on.db, [asset.id])).get(asset.id)).toBeUndefined();
  });

  it('that is gone, or whose upload is gone, is sent again', async () => {
    const small = await on.sentWhole('gone.csv', 'row');
    await on.store.vendor.send(new DeleteObjectCommand({ Bucket: on.store.bucket, Key: small.landingKey }));
    expect(await on.finalize(small)).toMatchObject({ state: 'receiving', errorCode: 'parts-rejected' });
    const resent = await on.sendWhole(await on.take(small.node), 'row');
    expect(await on.finalize(resent)).toMatchObject({ state: 'completed', ...noError });

    const { asset } = await on.sentInParts('gone.mp4');
    const upload = (await liveUploads(on.db, [asset.id])).get(asset.id);
    const which = { Bucket: on.store.bucket, Key: asset.landingKey, UploadId: upload?.s3UploadId ?? '' };
    await on.store.vendor.send(new AbortMultipartUploadCommand(which));
    expect(await on.finalize(asset)).toMatchObject({ state: 'receiving', errorCode: 'parts-rejected' });
  }, 20_000);

  it('that is ours with other bytes is sent again and put right', async () => {
    const asset = await on.sentWhole('torn.csv', 'the right row');
    const put = { Bucket: on.store.bucket, Key: asset.landingKey, Metadata: { 'waybill-token': asset.id } };
    await on.store.vendor.send(new PutObjectCommand({ ...put, Body: 'torn' }));
    expect(await on.finalize(asset)).toMatchObject({ state: 'receiving', errorCode: 'parts-rejected' });
    const resent = await on.sendWhole(await on.take(asset.node), 'the right row');
    expect(await on.finalize(resent)).toMatchObject({ state: 'completed' });
    expect((await on.store.stored(asset.landingKey)).toString()).toBe('the right row');
  });

  it('of somebody else under the key: failed with one sentence; once it is moved away, a retry lands', async () => {
    const { asset, whole } = await on.sentInParts('taken.mp4');
    const theirs = { Bucket: on.store.bucket, Key: asset.landingKey };
    await on.store.vendor.send(new PutObjectCommand({ ...theirs, Body: 'theirs' }));
    const failed = await on.finalize(asset);
    expect(failed).toMatchObject({
      state: 'failed',
      failedStage: 'finalize',
      errorCode: 'conflict',
      attempts: 1,
    });
    expect(failed.errorMessage).toMatch(/^Another object stands as source-\d+\/taken\.mp4/);
    expect((await on.store.stored(asset.landingKey)).toString()).toBe('theirs');
    await on.store.vendor.send(new DeleteObjectCommand(theirs));
    await retryAsset(on.db, 'finalize', { id: asset.id, actor: 'someone', reason: null });
    expect(await on.finalize(asset)).toMatchObject({ state: 'completed', ...noError });
    expect((await on.store.stored(asset.landingKey)).equals(whole)).toBe(true);
  });
});

describe('metadata that can’t be written', () => {
  it('waits with a sentence, the object proven; then it is done and the sentence goes', async () => {
    const asset = await on.sentWhole('meta.mp4', 'film');
    on.store.proxy.faults = ({ method, url }) =>
      method === 'PUT' && url.includes('.metadata.json')
        ? { kind: 'answer', status: 503, body: '<Error><Code>SlowDown</Code><Message>slow</Message></Error>' }
        : undefined;
    const waiting = await on.finalize(asset);
    expect(waiting).toMatchObject({ state: 's3_completed', errorCode: 'throttled', attempts: 1 });
    expect(waiting.errorMessage).toContain('meta.mp4.metadata.json');
    expect(await on.deliveries(asset)).toEqual([]);
    on.store.proxy.calm();
    expect(await on.finalize(asset)).toMatchObject({ state: 'completed', ...noError });
    expect(await on.deliveries(asset)).toHaveLength(1);
    expect((await on.kinds(asset)).filter(kind => kind === 'landed')).toHaveLength(1);
  }, 30_000);
});

describe('a row that makes no sense', () => {
  it.each([
    ['null'],
    ['"nonsense"'],
    ['{"deliver":[{"to":7}],"metadata":"always","deliverIncomplete":false}'],
    ['{"deliver":[]}'],
  ])('with the route %s fails with a sentence, and is completed once it is put right', async route => {
    const asset = await on.sentWhole('route.csv', 'row');
    const sound = JSON.stringify(asset.route);
    await on.db.$executeRaw`UPDATE assets SET route = ${route}::jsonb WHERE id = ${asset.id}::uuid`;
    const failed = await on.finalize(asset);
    expect(failed).toMatchObject({ state: 'failed', failedStage: 'metadata', errorCode: 'internal' });
    expect(failed.errorMessage).toBe(
      "route.csv can't be completed: the route that was recorded with it can't be read, so nobody knows where it goes.",
    );
    await on.db.$executeRaw`UPDATE assets SET route = ${sound}::jsonb WHERE id = ${asset.id}::uuid`;
    await retryAsset(on.db, 'metadata', { id: asset.id, actor: 'someone', reason: null });
    expect(await on.finalize(asset)).toMatchObject({ state: 'completed', ...noError });
  });

  it('of another landing waits, says why and what to do', async () => {
    const asset = await on.sentWhole('where.csv', 'row');
    await on.db.$executeRaw`UPDATE assets SET landing = 'elsewhere' WHERE id = ${asset.id}::uuid`;
    const waiting = await on.finalize(asset);
    expect(waiting).toMatchObject({
      state: 'pending_completion',
      attempts: 1,
      errorMessage: `${asset.landingKey} lies in the landing elsewhere, and this finalizer works on s3.`,
      errorNextStep:
        'Give the landing in the configuration its name elsewhere back; then this goes on by itself.',
    });
    expect(on.said).toHaveLength(1);
  });

  it('without any upload goes back to its edge', async () => {
    const asset = await on.sentWhole('none.csv', 'row');
    await on.db.$executeRaw`DELETE FROM uploads WHERE asset_id = ${asset.id}::uuid`;
    expect(await on.finalize(asset)).toMatchObject({
      state: 'receiving',
      errorMessage: `${asset.landingKey} could not be made of what was sent: No upload of it is recorded.`,
    });
  });
});

it('takes 200 small files through with far fewer statements than files have steps', async () => {
  const batch = 32;
  const statements = { count: 0 };
  const db = on.counted(statements);
  const finalizer = on.finalizer(undefined, db);
  const assets = [];
  for (let done = 0; done < 200; done += 50)
    assets.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, (_, file) => on.sentWhole(`${done + file}.csv`, `row ${done + file}`)),
      )),
    );
  const mine = new Set(assets.map(asset => asset.id));
  for (;;) {
    const claimed = await finalizer.claim(batch);
    if (!claimed.some(asset => mine.has(asset.id))) break;
    await Promise.all(claimed.map(asset => finalizer.finalize(asset, signal)));
  }
  const states = await Promise.all(assets.map(async asset => (await on.row(asset)).state));
  expect(new Set(states)).toEqual(new Set(['completed']));
  // Five steps a file: its upload, proven, upload ended, row read again, completed with its deliveries.
  expect(statements.count).toBeGreaterThan(30);
  expect(statements.count).toBeLessThan(400);
}, 90_000);
