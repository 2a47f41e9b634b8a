import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { GetObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { account, Bucket, bytes, clientOf, startFixture } from './testing/server-fixture.ts';
import type { ServerFixture } from './testing/server-fixture.ts';

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => {
  expect(fixture.failures).toEqual([]);
  await fixture.close();
});

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const stamp = (at: Date) => at.toISOString().replace(/[-:]|\.\d+/g, '');
function sign(timestamp: string, canonical: string) {
  const scope = `${timestamp.slice(0, 8)}/${account.region}/s3/aws4_request`;
  const parts = [timestamp.slice(0, 8), account.region, 's3', 'aws4_request'];
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${account.secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  return { key, scope, signature: hmac(key, text).toString('hex') };
}

/** A presigned URL made here, by the published rules and not by the server's code. */
function presign(method: string, path: string, { at = new Date(), expires = 60, more = '' } = {}) {
  const { host } = new URL(fixture.server.endpoint);
  const timestamp = stamp(at);
  const credential = `${account.accessKeyId}/${timestamp.slice(0, 8)}/${account.region}/s3/aws4_request`;
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}` +
    `&X-Amz-Date=${timestamp}&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host${more}`;
  const canonical = [method, path, query, `host:${host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  return `${fixture.server.endpoint}${path}?${query}&X-Amz-Signature=${sign(timestamp, canonical).signature}`;
}

/** A PUT signed here, its body sent as it is. */
async function signedPut(
  key: string,
  payload: string,
  body: (seed: Seed) => string,
  extra: Record<string, string>,
) {
  const { host, port } = new URL(fixture.server.endpoint);
  const timestamp = stamp(new Date());
  const headers: Record<string, string> = {
    host,
    'x-amz-content-sha256': payload,
    'x-amz-date': timestamp,
    ...extra,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map(name => `${name}:${headers[name]}\n`).join('');
  const canonical = ['PUT', `/${Bucket}/${key}`, '', lines, names.join(';'), payload].join('\n');
  const { signature, scope, key: signingKey } = sign(timestamp, canonical);
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${account.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const bytesOut = Buffer.from(body({ signature, scope, timestamp, key: signingKey }), 'latin1');
  headers['content-length'] = String(bytesOut.length);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: `/${Bucket}/${key}`, method: 'PUT', headers },
      answer => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    call.on('error', reject).end(bytesOut);
  });
}
interface Seed {
  readonly signature: string;
  readonly scope: string;
  readonly timestamp: string;
  readonly key: string | Buffer;
}

/** `aws-chunked` with a signature on each chunk, and on the trailer when there is one. */
function signedChunks(pieces: readonly string[], trailer?: string) {
  return (seed: Seed): string => {
    let previous = seed.signature;
    const chain = (algorithm: string, ...hashes: string[]) => {
      const text = [algorithm, seed.timestamp, seed.scope, previous, ...hashes].join('\n');
      previous = hmac(seed.key, text).toString('hex');
      return previous;
    };
    const chunks = [...pieces, ''].map(piece => {
      const signature = chain('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(piece));
      return `${piece.length.toString(16)};chunk-signature=${signature}\r\n${piece}${piece === '' ? '' : '\r\n'}`;
    });
    if (trailer === undefined) return `${chunks.join('')}\r\n`;
    const signature = chain('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`));
    return `${chunks.join('')}${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
  };
}

describe('who may come in', () => {
  it.each([
    ['an unknown access key', { accessKeyId: 'AKOTHER' }, 'InvalidAccessKeyId'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ])('not %s, for small and for large bodies, and nothing is kept', async (_what, change, name) => {
    const { region: _same, ...right } = account;
    const client = clientOf(fixture.server.endpoint, { credentials: { ...right, ...change } });
    const before = await fixture.files();
    for (const size of [10, 20 * 1024 * 1024]) {
      const put = client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: bytes(size) }));
      await expect(put).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
    }
    expect(await fixture.files()).toEqual(before);
    client.destroy();
  });

  it('not another region, and the answer names the right one', async () => {
    const client = clientOf(fixture.server.endpoint, { region: 'eu-west-1' });
    const get = client.send(new GetObjectCommand({ Bucket, Key: 'x' }));
    await expect(get).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed', Region: 'us-east-1' });
    client.destroy();
  });

  it('not a clock that is 16 minutes off; one that is 14 off may', async () => {
    for (const [minutes, allowed] of [
      [-16, false],
      [16, false],
      [-14, true],
      [14, true],
    ] as const) {
      const client = clientOf(fixture.server.endpoint, { systemClockOffset: minutes * 60_000 });
      const outcome = await client.send(new HeadBucketCommand({ Bucket })).then(
        () => 200,
        (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
      );
      expect([minutes, outcome]).toEqual([minutes, allowed ? 200 : 403]);
      client.destroy();
    }
  });

  it('nobody without a signature', async () => {
    const answer = await fetch(`${fixture.server.endpoint}/${Bucket}`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });
});

describe('presigned URLs', () => {
  it('put and get until they expire', async () => {
    const path = `/${Bucket}/pre%20signed`;
    const put = await fetch(presign('PUT', path), { method: 'PUT', body: 'hello' });
    expect(put.status).toBe(200);
    const more = '&response-content-type=text%2Fplain';
    const got = await fetch(presign('GET', path, { more }));
    expect([await got.text(), got.headers.get('content-type')]).toEqual(['hello', 'text/plain']);
    const late = await fetch(presign('GET', path, { at: new Date(Date.now() - 61_000) }));
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    const early = await fetch(presign('GET', path, { at: new Date(Date.now() + 16 * 60_000) }));
    expect([early.status, await early.text()]).toEqual([403, expect.stringContaining('not valid yet')]);
    const long = await fetch(presign('GET', path, { expires: 604_801 }));
    expect(long.status).toBe(400);
  });

  it('are good for their method and key alone, and for no header that was not signed', async () => {
    const url = presign('GET', `/${Bucket}/one`);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url.replace('/one', '/two'))).status).toBe(403);
    const extra = await fetch(presign('PUT', `/${Bucket}/one`), {
      method: 'PUT',
      body: 'x',
      headers: { 'x-amz-meta-a': 'b' },
    });
    expect([extra.status, await extra.text()]).toEqual([403, expect.stringContaining('not signed')]);
  });
});

describe('bodies', () => {
  const decoded = (length: number) => ({ 'x-amz-decoded-content-length': String(length) });
  const stored = async (Key: string) =>
    (await fixture.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const pieces = ['a'.repeat(70_000), 'bc\r\n', 'd'];
  const text = pieces.join('');
  const trailer = `x-amz-checksum-sha256:${createHash('sha256').update(text).digest('base64')}`;
  const withTrailer = { ...decoded(text.length), 'x-amz-trailer': 'x-amz-checksum-sha256' };

  it('in signed chunks are stored without their framing', async () => {
    const chunks = signedChunks(pieces);
    const put = await signedPut('chunks', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', chunks, decoded(text.length));
    expect(put).toMatchObject({ status: 200 });
    expect(await stored('chunks')).toBe(text);
  });

  it('in signed chunks with a signed trailer are stored with its checksum verified', async () => {
    const mode = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    expect(await signedPut('trailer', mode, signedChunks(pieces, trailer), withTrailer)).toMatchObject({
      status: 200,
    });
    expect(await stored('trailer')).toBe(text);
    const wrong = signedChunks(['other', text.slice(5)], trailer);
    const put = await signedPut('wrong', mode, wrong, withTrailer);
    expect(put).toMatchObject({ status: 400, text: expect.stringContaining('BadDigest') as string });
  });

  it.each([
    ['a changed chunk', (body: string) => body.replace('aaa\r\n', 'aab\r\n'), 403, 'SignatureDoesNotMatch'],
    ['a changed trailer', (body: string) => body.replace('sha256:', 'sha256: '), 200, ''],
    [
      'a forged trailer',
      (body: string) => body.replace(/sha256:./, 'sha256:_'),
      403,
      'SignatureDoesNotMatch',
    ],
    ['a missing end', (body: string) => body.slice(0, 70_100), 400, 'IncompleteBody'],
  ])('with %s', async (what, change, status, code) => {
    const mode = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const before = await fixture.files();
    const body = (seed: Seed) => change(signedChunks(pieces, trailer)(seed));
    const put = await signedPut(encodeURIComponent(what), mode, body, withTrailer);
    expect(put).toMatchObject({ status, text: expect.stringContaining(code) as string });
    if (status !== 200) expect(await fixture.files()).toEqual(before);
  });

  it('other than the signed hash says are refused', async () => {
    const put = await signedPut('hash', sha256('one thing'), () => 'another', {});
    expect(put).toMatchObject({
      status: 400,
      text: expect.stringContaining('XAmzContentSHA256Mismatch') as string,
    });
  });

  it('shorter or longer than their decoded length says are refused', async () => {
    const mode = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    for (const length of [text.length - 1, text.length + 1]) {
      const put = await signedPut('length', mode, signedChunks(pieces), decoded(length));
      expect(put).toMatchObject({ status: 400, text: expect.stringContaining('IncompleteBody') as string });
    }
  });
});
