import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
} from '@aws-sdk/client-s3';
import { Bucket, bytes, startFixture } from './testing/server-fixture.ts';
import type { ServerFixture } from './testing/server-fixture.ts';

const mebibyte = 1024 * 1024;
const pieces = [bytes(5 * mebibyte, 1), bytes(5 * mebibyte + 3, 2), bytes(1000, 3)];
const whole = Buffer.concat(pieces);
const md5 = (content: Uint8Array) => createHash('md5').update(content);
const etag = `"${md5(Buffer.concat(pieces.map(piece => md5(piece).digest()))).digest('hex')}-3"`;

let fixture: ServerFixture;
beforeAll(async () => {
  // WHEN_REQUIRED: what is checked is what the test asks for.
  fixture = await startFixture({ requestChecksumCalculation: 'WHEN_REQUIRED' });
});
afterAll(async () => {
  expect(fixture.failures).toEqual([]);
  await fixture.close();
});

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId = '' } = await fixture.client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ...more }),
  );
  const address = { Bucket, Key, UploadId };
  const send = async (PartNumber: number, Body: Uint8Array, extra = {}): Promise<CompletedPart> => {
    const { $metadata: _answer, ...sent } = await fixture.client.send(
      new UploadPartCommand({ ...address, PartNumber, Body, ...extra }),
    );
    return { PartNumber, ...sent };
  };
  return {
    address,
    send,
    sendAll: (extra = {}) => Promise.all(pieces.map((piece, index) => send(index + 1, piece, extra))),
    complete: (Parts: CompletedPart[], extra: Partial<CompleteMultipartUploadCommandInput> = {}) =>
      fixture.client.send(
        new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts }, ...extra }),
      ),
    list: async () => (await fixture.client.send(new ListPartsCommand(address))).Parts ?? [],
    abort: () => fixture.client.send(new AbortMultipartUploadCommand(address)),
  };
}
async function content(Key: string, more = {}) {
  const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
const head = (Key: string) =>
  fixture.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

describe('multipart uploads', () => {
  it('make the object of their parts, with its metadata and an ETag as AWS makes it', async () => {
    const upload = await begin('whole', { Metadata: { token: 't1' }, ContentType: 'video/mp4' });
    const parts = await upload.sendAll();
    await expect(head('whole')).rejects.toMatchObject({ name: 'NotFound' });
    expect((await upload.complete(parts, { MpuObjectSize: whole.length })).ETag).toBe(etag);
    expect((await content('whole')).equals(whole)).toBe(true);
    const border = 5 * mebibyte;
    expect(
      (await content('whole', { Range: `bytes=${border - 2}-${border + 1}` })).equals(
        whole.subarray(border - 2, border + 2),
      ),
    ).toBe(true);
    expect((await content('whole', { PartNumber: 3 })).equals(pieces[2] ?? Buffer.alloc(0))).toBe(true);
    expect(await head('whole')).toMatchObject({
      ContentLength: whole.length,
      ContentType: 'video/mp4',
      Metadata: { token: 't1' },
    });
  });

  it('move no byte at Complete, and leave nothing when the object goes', async () => {
    const before = await fixture.files();
    const upload = await begin('counted');
    const parts = await upload.sendAll();
    const sent = await fixture.files();
    await upload.complete(parts);
    expect(await fixture.files()).toEqual(sent);
    await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'counted' }));
    expect(await fixture.files()).toEqual(before);
  });

  it('drop parts that Complete does not name, and parts that were sent again', async () => {
    const before = await fixture.files();
    const upload = await begin('some');
    const [, , last] = await upload.sendAll();
    const first = await upload.send(1, bytes(6 * mebibyte, 9));
    expect((await upload.list()).map(part => part.Size)).toEqual([6 * mebibyte, 5 * mebibyte + 3, 1000]);
    await upload.complete([first, last ?? {}]);
    expect((await content('some')).length).toBe(6 * mebibyte + 1000);
    expect((await fixture.files()).data).toBe(before.data + 2);
  });

  it('answer a repeated Complete as the first, and no other', async () => {
    const upload = await begin('twice');
    const parts = await upload.sendAll();
    await upload.complete(parts);
    expect((await upload.complete(parts)).ETag).toBe(etag);
    await expect(upload.complete(parts.slice(0, 2))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await fixture.client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'other' }));
    await expect(upload.complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('refuse wrong lists of parts, and stay open for the right one', async () => {
    const upload = await begin('wrong');
    const [one = {}, two = {}, three = {}] = await upload.sendAll();
    const small = await upload.send(4, bytes(1000, 4));
    const cases: [CompletedPart[], string][] = [
      [[two, one], 'InvalidPartOrder'],
      [[one, one], 'InvalidPartOrder'],
      [[one, { ...two, ETag: one.ETag ?? '' }], 'InvalidPart'],
      [[one, { PartNumber: 7, ETag: one.ETag ?? '' }], 'InvalidPart'],
      [[one, three, small], 'EntityTooSmall'],
      [[], 'MalformedXML'],
    ];
    for (const [parts, name] of cases) await expect(upload.complete(parts)).rejects.toMatchObject({ name });
    const parts = [one, two, three];
    await expect(upload.complete(parts, { MpuObjectSize: 5 })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await expect(head('wrong')).rejects.toMatchObject({ name: 'NotFound' });
    await upload.complete(parts);
    expect((await content('wrong')).equals(whole)).toBe(true);
  });

  it('keep to If-None-Match at Complete', async () => {
    await fixture.client.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'first' }));
    const upload = await begin('taken');
    const parts = await upload.sendAll();
    await expect(upload.complete(parts, { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect((await content('taken')).toString()).toBe('first');
    expect(await upload.list()).toHaveLength(3);
  });

  it('are gone after Abort, also for a part on its way', async () => {
    const before = await fixture.files();
    const upload = await begin('aborted');
    await upload.sendAll();
    const late = upload.send(9, bytes(32 * mebibyte, 5)).catch((error: unknown) => error);
    await sleep(15);
    await upload.abort();
    expect(await late).toMatchObject({ name: 'NoSuchUpload' });
    for (const call of [upload.list(), upload.abort(), upload.complete([{ PartNumber: 1, ETag: 'x' }])]) {
      await expect(call).rejects.toMatchObject({ name: 'NoSuchUpload' });
    }
    expect(await fixture.files()).toEqual(before);
  });

  it('belong to their key', async () => {
    const upload = await begin('mine');
    const other = new ListPartsCommand({ ...upload.address, Key: 'yours' });
    await expect(fixture.client.send(other)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it.each([0, 10_001])('refuse part number %d', async number => {
    const upload = await begin('numbers');
    await expect(upload.send(number, pieces[2] ?? whole)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('copy ranges of objects as parts', async () => {
    await fixture.client.send(new PutObjectCommand({ Bucket, Key: 'from ü', Body: whole }));
    const upload = await begin('joined', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      fixture.client.send(
        new UploadPartCopyCommand({
          ...upload.address,
          PartNumber,
          CopySource: `${Bucket}/${encodeURIComponent('from ü')}`,
          ...(CopySourceRange === undefined ? {} : { CopySourceRange }),
        }),
      );
    await expect(copy(1, `bytes=0-${whole.length}`)).rejects.toMatchObject({ name: 'InvalidArgument' });
    const answers = [await copy(1, `bytes=7-${5 * mebibyte + 6}`), await copy(2)];
    const parts = answers.map(({ CopyPartResult: result }, index) => ({
      PartNumber: index + 1,
      ETag: result?.ETag ?? '',
    }));
    await upload.complete(parts);
    const expected = Buffer.concat([whole.subarray(7, 5 * mebibyte + 7), whole]);
    expect((await content('joined')).equals(expected)).toBe(true);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(expected));
    expect((await head('joined')).ChecksumCRC32).toBe(sum.toString('base64'));
  });
});

describe('checksums of multipart uploads', () => {
  it('a full-object CRC32 is that of the whole, and Complete is held to it', async () => {
    const upload = await begin('full', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = await upload.sendAll({ ChecksumAlgorithm: 'CRC32' });
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(whole));
    const wrong = { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' } as const;
    await expect(upload.complete(parts, wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(upload.complete(parts, { ChecksumType: 'COMPOSITE' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    const right = { ...wrong, ChecksumCRC32: sum.toString('base64') };
    expect(await upload.complete(parts, right)).toMatchObject(right);
    expect(await head('full')).toMatchObject(right);
  });

  it('a composite SHA-256 is that of the part checksums, and every part has to carry its own', async () => {
    const upload = await begin('composite', { ChecksumAlgorithm: 'SHA256' });
    await expect(upload.send(1, whole)).rejects.toMatchObject({ name: 'InvalidRequest' });
    const parts = await upload.sendAll({ ChecksumAlgorithm: 'SHA256' });
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    await expect(upload.complete(bare)).rejects.toMatchObject({ name: 'InvalidRequest' });
    const forged = parts.map(part => ({ ...part, ChecksumSHA256: parts[0]?.ChecksumSHA256 ?? '' }));
    await expect(upload.complete(forged)).rejects.toMatchObject({ name: 'InvalidPart' });
    const sums = pieces.map(piece => createHash('sha256').update(piece).digest());
    const expected = `${createHash('sha256').update(Buffer.concat(sums)).digest('base64')}-3`;
    expect((await upload.complete(parts)).ChecksumSHA256).toBe(expected);
    expect(await head('composite')).toMatchObject({ ChecksumSHA256: expected, ChecksumType: 'COMPOSITE' });
  });

  it('a part with a wrong checksum is refused', async () => {
    const upload = await begin('bad-part');
    const wrong = { ChecksumCRC32: 'AAAAAA==' };
    await expect(upload.send(1, whole, wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await upload.list()).toEqual([]);
  });
});

describe('listings of uploads', () => {
  it('show parts page by page', async () => {
    const upload = await begin('pages');
    await upload.sendAll();
    const first = await fixture.client.send(new ListPartsCommand({ ...upload.address, MaxParts: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
    const rest = await fixture.client.send(
      new ListPartsCommand({ ...upload.address, PartNumberMarker: first.NextPartNumberMarker }),
    );
    expect(rest.IsTruncated).toBe(false);
    expect(rest.Parts?.map(part => part.PartNumber)).toEqual([3]);
  });

  it('show every upload once, by key and then by age', async () => {
    const started = [await begin('list/b'), await begin('list/a'), await begin('list/b')];
    const found: string[] = [];
    let markers = {};
    for (let page = 0; page < 3; page++) {
      const answer = await fixture.client.send(
        new ListMultipartUploadsCommand({ Bucket, Prefix: 'list/', MaxUploads: 1, ...markers }),
      );
      found.push(...(answer.Uploads ?? []).map(upload => upload.UploadId ?? ''));
      expect(answer.IsTruncated).toBe(page < 2);
      markers = { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker };
    }
    const [b, a, laterB] = started.map(upload => upload.address.UploadId);
    expect(found).toEqual([a, b, laterB]);
  });
});
