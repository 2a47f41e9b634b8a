import { createHash, randomBytes } from 'node:crypto';
import { testServers } from '@waybill/servers';
import { digestsOf, LandingFixture } from './landing-fixture.ts';
import { UploadGoneError } from './upload-gone-error.ts';

let fixture: LandingFixture;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await LandingFixture.on(testServers().s3);
});
beforeEach(() => fixture.proxy.calm());
afterAll(() => fixture.close());

describe('a part', () => {
  it('that arrives damaged is refused, and the upload goes on', async () => {
    const { uploadId } = await fixture.landing.edge.begin({
      key: 'part/damaged',
      token: 't',
      contentType: 'x/y',
      signal,
    });
    const body = Buffer.from('what was read');
    const send = (digests: { crc32: string; md5?: string }) =>
      fixture.landing.edge.sendPart({ key: 'part/damaged', uploadId, number: 1, body, digests, signal });
    const md5 = createHash('md5').update('what was sent').digest('hex');
    await expect(send({ ...digestsOf(body), md5 })).rejects.toMatchObject({ code: 'content-mismatch' });
    expect(await send(digestsOf(body))).toMatchObject({ proofLevel: 'in_flight' });
  });

  it('is listed with size and ETag, over pages', async () => {
    const { upload } = await fixture.uploaded('part/listed');
    const listing = await fixture.landing.edge.listParts(upload, signal);
    expect(listing).toEqual({
      outcome: 'listed',
      parts: upload.parts.map(({ number, size, etag }) => ({ number, size, etag })),
    });
  });

  it('of a forgotten upload says so', async () => {
    const { upload } = await fixture.uploaded('part/forgotten');
    await fixture.landing.finalizer.abort(upload, signal);
    await fixture.landing.finalizer.abort(upload, signal);
    expect(await fixture.landing.edge.listParts(upload, signal)).toEqual({ outcome: 'upload-gone' });
    const body = Buffer.from('late');
    await expect(
      fixture.landing.edge.sendPart({ ...upload, number: 1, body, digests: digestsOf(body) }),
    ).rejects.toBeInstanceOf(UploadGoneError);
  });

  it('settles soon after it is aborted', async () => {
    fixture.proxy.faults = ({ url }) => (url.includes('partNumber') ? { kind: 'stall' } : undefined);
    const { uploadId } = await fixture.landing.edge.begin({
      key: 'part/stall',
      token: 't',
      contentType: 'x/y',
      signal,
    });
    const controller = new AbortController();
    const body = randomBytes(1000);
    const sending = fixture.landing.edge.sendPart({
      key: 'part/stall',
      uploadId,
      number: 1,
      body,
      digests: digestsOf(body),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 50);
    const before = Date.now();
    await expect(sending).rejects.toMatchObject({ name: 'AdapterError' });
    expect(Date.now() - before).toBeLessThan(1000);
  });
});
