import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { testServers } from '@waybill/servers';
import { LandingFixture } from './landing-fixture.ts';

let fixture: LandingFixture;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await LandingFixture.on(testServers().s3);
});
beforeEach(() => fixture.proxy.calm());
afterAll(() => fixture.close());

describe('a proven object', () => {
  it('is read from any offset, under its ETag', async () => {
    const body = randomBytes(300_000);
    const { etag } = await fixture.put('read/it', body);
    const content = fixture.landing.finalizer.content({
      key: 'read/it',
      etag,
      size: body.byteLength,
      sha256: '',
      contentType: 'x/y',
    });
    for (const start of [0, 1, 299_999, 300_000])
      expect((await buffer(await content.open(start, signal))).equals(body.subarray(start))).toBe(true);
    const middle = await fixture.landing.finalizer.open(
      'read/it',
      { start: 10, end: 20, ifMatch: etag },
      signal,
    );
    expect((await buffer(middle)).equals(body.subarray(10, 20))).toBe(true);
    await fixture.put('read/it', randomBytes(300_000), 'other', false);
    await expect(content.open(0, signal)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      fixture.landing.finalizer.open('read/none', { start: 0, ifMatch: etag }, signal),
    ).rejects.toMatchObject({ code: 'missing' });
  });

  it('ends early only with an error', async () => {
    const body = randomBytes(2_000_000);
    const { etag } = await fixture.put('read/cut', body);
    fixture.proxy.faults = ({ method }) =>
      method === 'GET' ? { kind: 'cut-answer', after: 100_000 } : undefined;
    const content = fixture.landing.finalizer.content({
      key: 'read/cut',
      etag,
      size: body.byteLength,
      sha256: '',
      contentType: 'x/y',
    });
    await expect(content.open(0, signal).then(buffer)).rejects.toMatchObject({ code: 'content-failed' });
  });

  it('is proved for the finalizer, and what is not it is told apart', async () => {
    const body = randomBytes(5000);
    const { etag } = await fixture.put('prove/it', body);
    const expected = {
      key: 'prove/it',
      token: 'token-1',
      size: 5000,
      etag,
      proofLevel: 'in_flight',
      signal,
    } as const;
    expect(await fixture.landing.finalizer.prove(expected)).toEqual({
      outcome: 'proven',
      object: { etag, size: 5000, proofLevel: 'in_flight' },
    });
    expect(await fixture.landing.finalizer.prove({ ...expected, key: 'prove/none' })).toMatchObject({
      outcome: 'object-gone',
    });
    await expect(fixture.landing.finalizer.prove({ ...expected, token: 'other' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(fixture.landing.finalizer.prove({ ...expected, size: 4999 })).rejects.toMatchObject({
      code: 'content-mismatch',
    });
    await expect(
      fixture.landing.finalizer.prove({ ...expected, etag: 'f'.repeat(32) }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
