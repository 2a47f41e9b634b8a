import { randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { testServers } from '@waybill/servers';
import { digestsOf, smallestPart, LandingFixture } from './landing-fixture.ts';

let fixture: LandingFixture;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await LandingFixture.on(testServers().s3);
});
beforeEach(() => fixture.proxy.calm());
afterAll(() => fixture.close());

const isComplete = (request: { method: string; url: string }) =>
  request.method === 'POST' && /[?&]uploadId=/.test(request.url);

describe('Complete', () => {
  it('makes the object, proves it, and bears being repeated', async () => {
    const { whole, upload } = await fixture.uploaded('complete/plain');
    for (let run = 0; run < 2; run += 1) {
      const outcome = await fixture.landing.finalizer.complete(upload);
      expect(outcome).toMatchObject({
        outcome: 'proven',
        object: { size: whole.byteLength, proofLevel: 'in_flight' },
      });
    }
    expect((await fixture.stored('complete/plain')).equals(whole)).toBe(true);
  });

  it.each([
    ['a lost answer', { kind: 'lose-answer' } as const],
    ['a 500 after the work', { kind: 'answer', status: 500, afterStore: true } as const],
    [
      'an error in a 200',
      {
        kind: 'answer',
        status: 200,
        afterStore: true,
        body: '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>m</Message></Error>',
      } as const,
    ],
    [
      'NoSuchUpload after the work',
      {
        kind: 'answer',
        status: 404,
        afterStore: true,
        body: '<?xml version="1.0"?><Error><Code>NoSuchUpload</Code><Message>m</Message></Error>',
      } as const,
    ],
    ['no body at all', { kind: 'answer', status: 200, afterStore: true, body: '' } as const],
  ])('is settled by the object after %s', async (name, fault) => {
    const { whole, upload } = await fixture.uploaded(`complete/${name}`);
    fixture.proxy.faults = request => (isComplete(request) ? fault : undefined);
    expect(await fixture.landing.finalizer.complete(upload)).toMatchObject({ outcome: 'proven' });
    expect((await fixture.stored(upload.key)).equals(whole)).toBe(true);
  });

  it.each([
    ['an error in a 200', 200],
    ['a 500', 500],
  ])('is repeated after %s before the work', async (name, status) => {
    const { upload } = await fixture.uploaded(`complete/before ${name}`);
    let faults = 1;
    fixture.proxy.faults = request =>
      isComplete(request) && faults-- > 0
        ? { kind: 'answer', status, body: '<Error><Code>InternalError</Code></Error>' }
        : undefined;
    expect(await fixture.landing.finalizer.complete(upload)).toMatchObject({ outcome: 'proven' });
  });

  it('says so when the store refuses the part list', async () => {
    const { upload } = await fixture.uploaded('complete/rejected');
    // A late worker sent other bytes under number 1.
    const body = randomBytes(smallestPart);
    await fixture.landing.edge.sendPart({ ...upload, number: 1, body, digests: digestsOf(body) });
    const outcome = await fixture.landing.finalizer.complete(upload);
    expect(outcome).toMatchObject({ outcome: 'parts-rejected' });
    expect(await fixture.exists(upload.key)).toBe(false);
  });

  it('says so when the upload is gone and there is no object', async () => {
    const { upload } = await fixture.uploaded('complete/gone');
    await fixture.landing.finalizer.abort(upload, signal);
    expect(await fixture.landing.finalizer.complete(upload)).toMatchObject({ outcome: 'upload-gone' });
  });

  it('leaves another’s object alone', async () => {
    const { whole, upload } = await fixture.uploaded('complete/theirs');
    await fixture.vendor.send(
      new PutObjectCommand({ Bucket: fixture.bucket, Key: upload.key, Body: 'theirs' }),
    );
    await expect(fixture.landing.finalizer.complete(upload)).rejects.toMatchObject({ code: 'conflict' });
    expect((await fixture.stored(upload.key)).toString()).toBe('theirs');
    expect(await fixture.landing.finalizer.complete({ ...upload, replace: true })).toMatchObject({
      outcome: 'proven',
    });
    expect((await fixture.stored(upload.key)).equals(whole)).toBe(true);
  });

  it('replaces our own object of an earlier upload under the same token', async () => {
    const { whole, upload } = await fixture.uploaded('complete/earlier');
    for (const size of [100, upload.size]) await fixture.put(upload.key, randomBytes(size), upload.token);
    expect(await fixture.landing.finalizer.complete(upload)).toMatchObject({ outcome: 'proven' });
    expect((await fixture.stored(upload.key)).equals(whole)).toBe(true);
  });

  it('refuses a list that does not add up, before the store hears of it', async () => {
    const { upload } = await fixture.uploaded('complete/sum');
    await expect(
      fixture.landing.finalizer.complete({ ...upload, parts: upload.parts.slice(0, 1) }),
    ).rejects.toMatchObject({ code: 'content-mismatch' });
    expect(await fixture.exists(upload.key)).toBe(false);
  });
});
