import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Bucket, bytes, clientOf, eventually, startFixture } from './testing/server-fixture.ts';
import type { ServerFixture } from './testing/server-fixture.ts';

const body = bytes(3 * 1024 * 1024 + 17);
const md5 = (content: Uint8Array) => createHash('md5').update(content).digest('hex');

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => {
  expect(fixture.failures).toEqual([]);
  await fixture.close();
});

const put = (Key: string, Body: Uint8Array = body, more = {}) =>
  fixture.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
async function get(Key: string, more = {}) {
  const answer = await fixture.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { answer, content: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
}

describe.each(['WHEN_SUPPORTED', 'WHEN_REQUIRED'] as const)('objects, checksums %s', mode => {
  it.each([
    ['a buffer', () => body],
    ['a stream', () => Readable.from([body.subarray(0, 70_000), body.subarray(70_000)])],
    ['an empty buffer', () => Buffer.alloc(0)],
  ])('come back as they went in as %s', async (what, make) => {
    const client = clientOf(fixture.server.endpoint, {
      requestChecksumCalculation: mode,
      responseChecksumValidation: mode,
    });
    const Body = make();
    const expected = Body instanceof Readable ? body : Body;
    const Key = `${mode}/${what}`;
    const stored = await client.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentLength: expected.length }),
    );
    expect(stored.ETag).toBe(`"${md5(expected)}"`);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(expected));
    expect(stored.ChecksumCRC32).toBe(mode === 'WHEN_SUPPORTED' ? crc.toString('base64') : undefined);

    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    const content = await answer.Body?.transformToByteArray();
    expect(md5(content ?? Buffer.from('none'))).toBe(md5(expected));
    expect(answer.ContentLength).toBe(expected.length);
    client.destroy();
  });
});

describe('objects', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'keep a %s and show it when asked',
    async ChecksumAlgorithm => {
      const sent = await put('checked', body, { ChecksumAlgorithm });
      const field = `Checksum${ChecksumAlgorithm}` as const;
      expect(sent[field]).toEqual(expect.any(String));
      const head = new HeadObjectCommand({ Bucket, Key: 'checked', ChecksumMode: 'ENABLED' });
      const shown = await fixture.client.send(head);
      expect(shown[field]).toBe(sent[field]);
      expect(shown.ChecksumType).toBe('FULL_OBJECT');
    },
  );

  it.each([
    ['a wrong CRC32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest'],
    ['a wrong SHA-256', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }, 'BadDigest'],
    ['a wrong Content-MD5', { ContentMD5: Buffer.alloc(16).toString('base64') }, 'BadDigest'],
    ['a Content-MD5 that is none', { ContentMD5: 'abc' }, 'InvalidDigest'],
    [
      'a checksum that is not verified here',
      { ChecksumMD5: Buffer.alloc(16).toString('base64') },
      'NotImplemented',
    ],
  ])('are refused with %s, and nothing stays', async (_what, more, name) => {
    const before = await fixture.files();
    await expect(put('refused', body, more)).rejects.toMatchObject({ name });
    await expect(get('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await fixture.files()).toEqual(before);
  });

  it('keep type, encoding and metadata', async () => {
    const more = {
      ContentType: 'text/csv; charset=utf-8',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { token: 'a b', 'two-words': 'x' },
    };
    await put('described', body, more);
    const { answer } = await get('described');
    expect(answer).toMatchObject(more);
  });

  it.each([
    'with spaces and + & % # ? = " \' <>',
    '.hidden/..dots',
    '../../etc/passwd',
    'a/../b/./c//d/',
    '/starts with a slash',
    'ümlaut é 日本 😀',
    `${'long/'.repeat(204)}end!`,
    'line\nbreak\r\ttab',
    '\\back\\slash',
  ])('stand under any key: %j', async Key => {
    await put(Key, Buffer.from(Key));
    expect((await get(Key)).content.toString()).toBe(Key);
    await fixture.client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(get(Key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('refuse a key of more than 1,024 bytes', async () => {
    await expect(put('é'.repeat(513), body)).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it('give ranges', async () => {
    await put('ranged');
    const { answer, content } = await get('ranged', { Range: 'bytes=100-199' });
    expect(content.equals(body.subarray(100, 200))).toBe(true);
    expect(answer.ContentRange).toBe(`bytes 100-199/${body.length}`);
    expect((await get('ranged', { Range: 'bytes=-5' })).content.equals(body.subarray(-5))).toBe(true);
    await expect(get('ranged', { Range: `bytes=${body.length}-` })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  it('are read on conditions', async () => {
    const { ETag = '' } = await put('conditional');
    const status = (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode;
    await expect(get('conditional', { IfNoneMatch: ETag }).catch(status)).resolves.toBe(304);
    await expect(get('conditional', { IfMatch: '"other"' }).catch(status)).resolves.toBe(412);
    const later = new Date(Date.now() + 60_000);
    await expect(get('conditional', { IfModifiedSince: later }).catch(status)).resolves.toBe(304);
    expect((await get('conditional', { IfMatch: ETag, IfNoneMatch: '"other"' })).content.equals(body)).toBe(
      true,
    );
  });

  it('are written on conditions: of many at once that want the key free, one wins', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => put('once', bytes(100_000, i), { IfNoneMatch: '*' })),
    );
    const won = tries.filter(outcome => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(tries.find(outcome => outcome.status === 'rejected')?.reason).toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    const etag = won[0]?.value.ETag ?? '';
    await expect(put('once', body, { IfMatch: '"other"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await put('once', body, { IfMatch: etag });
    expect((await get('once')).content.equals(body)).toBe(true);
  });

  it('are given whole to a reader while they are replaced and deleted', async () => {
    const large = bytes(24 * 1024 * 1024, 3);
    await put('moving', large);
    const before = await fixture.files();
    const reading = await fixture.client.send(new GetObjectCommand({ Bucket, Key: 'moving' }));
    await put('moving', body);
    await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'moving' }));
    const content = await reading.Body?.transformToByteArray();
    expect(md5(content ?? Buffer.alloc(0))).toBe(md5(large));
    await eventually(async () => (await fixture.files()).data === before.data - 1);
  });

  it('are copied with and without new metadata, and outlive their source', async () => {
    await put('source ü', body, { Metadata: { a: '1' }, ContentType: 'text/plain' });
    const CopySource = `${Bucket}/${encodeURIComponent('source ü')}`;
    const copy = (Key: string, more = {}) =>
      fixture.client.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
    const copied = await copy('copy');
    expect(copied.CopyObjectResult?.ETag).toBe(`"${md5(body)}"`);
    await copy('other', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    await expect(copy('source ü')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(copy('x', { CopySourceIfMatch: '"no"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'source ü' }));
    await expect(copy('late')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const first = await get('copy');
    expect(first.answer).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/plain' });
    expect(first.content.equals(body)).toBe(true);
    expect((await get('other')).answer.Metadata).toEqual({ b: '2' });
  });

  it('are deleted many at once', async () => {
    for (const Key of ['many/1', 'many/2 & <3>', 'many/3']) await put(Key, Buffer.from('x'));
    const Objects = ['many/1', 'many/2 & <3>', 'many/none'].map(Key => ({ Key }));
    const outcome = await fixture.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(outcome.Deleted?.map(entry => entry.Key)).toEqual(Objects.map(entry => entry.Key));
    await expect(get('many/1')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect((await get('many/3')).content.toString()).toBe('x');
  });

  it('leave nothing behind when the client goes away in the middle', async () => {
    await put('cut off', Buffer.from('as it was'));
    const before = await fixture.files();
    const stop = new AbortController();
    async function* slowly() {
      for (let i = 0; i < 20; i++) yield bytes(1024 * 1024, i);
      stop.abort();
      await new Promise(() => undefined);
    }
    const command = new PutObjectCommand({
      Bucket,
      Key: 'cut off',
      Body: Readable.from(slowly()),
      ContentLength: 64 * 1024 * 1024,
    });
    await expect(fixture.client.send(command, { abortSignal: stop.signal })).rejects.toThrow();
    await eventually(async () => (await fixture.files()).data === before.data);
    expect((await get('cut off')).content.toString()).toBe('as it was');
  });

  it('leave nothing behind when they are replaced and deleted', async () => {
    const before = await fixture.files();
    for (let i = 0; i < 5; i++) await put('again', bytes(50_000, i));
    await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'again' }));
    expect(await fixture.files()).toEqual(before);
  });
});
