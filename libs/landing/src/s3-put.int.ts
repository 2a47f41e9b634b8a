import { createHash, randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { testServers } from '@waybill/servers';
import { LandingFixture } from './landing-fixture.ts';

let fixture: LandingFixture;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await LandingFixture.on(testServers().s3);
});
beforeEach(() => fixture.proxy.calm());
afterAll(() => fixture.close());

describe('a small object', () => {
  it.each([0, 1, 1000])('of %d bytes stands whole with its token and type', async size => {
    const body = randomBytes(size);
    const key = `put/ä ${size} ✓.csv`;
    const result = await fixture.put(key, body);
    expect(result).toMatchObject({
      size,
      proofLevel: 'in_flight',
      resumed: false,
      etag: createHash('md5').update(body).digest('hex'),
    });
    expect((await fixture.stored(key)).equals(body)).toBe(true);
    expect(await fixture.landing.finalizer.head(key, signal)).toMatchObject({
      token: 'token-1',
      contentType: 'text/csv',
    });
  });

  it('is there once when its answer was lost', async () => {
    const body = randomBytes(100);
    await fixture.put('put/first', body);
    fixture.proxy.faults = ({ method }) => (method === 'PUT' ? { kind: 'lose-answer' } : undefined);
    await expect(fixture.put('put/lost', body)).rejects.toMatchObject({ code: 'unreachable' });
    fixture.proxy.faults = () => undefined;
    expect(await fixture.put('put/lost', body)).toMatchObject({ resumed: true, proofLevel: 'in_flight' });
  });

  it('never goes over bytes that are not ours', async () => {
    await fixture.vendor.send(
      new PutObjectCommand({ Bucket: fixture.bucket, Key: 'put/theirs', Body: 'theirs' }),
    );
    await expect(fixture.put('put/theirs', Buffer.from('ours!!'))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await fixture.stored('put/theirs')).toString()).toBe('theirs');
    await fixture.put('put/theirs', Buffer.from('ours!!'), 'token-2', false);
    expect((await fixture.stored('put/theirs')).toString()).toBe('ours!!');
  });

  it('goes over our own earlier bytes of the same token', async () => {
    await fixture.put('put/again', Buffer.from('earlier'));
    await fixture.put('put/again', Buffer.from('a later'));
    expect((await fixture.stored('put/again')).toString()).toBe('a later');
  });

  it('is not believed when the store names another MD5', async () => {
    fixture.proxy.faults = ({ method }) =>
      method === 'PUT'
        ? { kind: 'edit-answer', headers: all => ({ ...all, etag: `"${'0'.repeat(32)}"` }) }
        : undefined;
    await expect(fixture.put('put/doubt', Buffer.from('x'))).rejects.toMatchObject({
      code: 'content-mismatch',
    });
  });

  it('asks a store that keeps conditions only once', async () => {
    // A store of the other kind, told by the proxy: 412 where something stands.
    const body = Buffer.from('small');
    const headers = {
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      'x-amz-meta-waybill-token': 'token-1',
    };
    const landing = fixture.open();
    const put = (key: string, token = 'token-1') => fixture.put(key, body, token, true, landing);
    const standing = new Set<string>();
    fixture.proxy.faults = ({ method, url }) => {
      const path = url.split('?')[0] ?? '';
      if (method === 'HEAD')
        return standing.has(path)
          ? { kind: 'answer', status: 200, headers: { ...headers, 'content-length': body.byteLength } }
          : { kind: 'answer', status: 404 };
      if (standing.has(path))
        return {
          kind: 'answer',
          status: 412,
          body: '<Error><Code>PreconditionFailed</Code></Error>',
        };
      standing.add(path);
      return { kind: 'answer', status: 200, headers };
    };
    await put('cond/1');
    fixture.proxy.seen.length = 0;
    await put('cond/2');
    expect(fixture.proxy.seen.map(({ method }) => method)).toEqual(['PUT']);
    await expect(put('cond/1', 'other')).rejects.toMatchObject({ code: 'conflict' });
    expect(await put('cond/2')).toMatchObject({ resumed: true });
  });
});
