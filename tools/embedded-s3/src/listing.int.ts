import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { Bucket, startFixture } from './testing/server-fixture.ts';
import type { ServerFixture } from './testing/server-fixture.ts';

const keys = ['a', 'b/1 + %20&<>"', 'b/2/x', 'b/2/y', 'c\nd', 'é', '\uffee', '😀'].sort((a, b) =>
  Buffer.compare(Buffer.from(a), Buffer.from(b)),
);

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await startFixture();
  for (const Key of keys) await fixture.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(async () => {
  expect(fixture.failures).toEqual([]);
  await fixture.close();
});

describe('listings', () => {
  it.each([1, 3, 1000])('version 2 gives every key once, in pages of %d', async MaxKeys => {
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await fixture.client.send(
        new ListObjectsV2Command({ Bucket, MaxKeys, ...(ContinuationToken && { ContinuationToken }) }),
      );
      expect(page.KeyCount).toBe(page.Contents?.length);
      found.push(...(page.Contents ?? []).map(entry => entry.Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(keys);
  });

  it('version 1 folds behind a delimiter, page by page', async () => {
    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await fixture.client.send(
        new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1, ...(Marker && { Marker }) }),
      );
      found.push(...(page.Contents ?? []).map(entry => entry.Key));
      found.push(...(page.CommonPrefixes ?? []).map(entry => entry.Prefix));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(found).toEqual(['a', 'b/', 'c\nd', 'é', '\uffee', '😀']);
  });

  it('show prefix, start and size', async () => {
    const page = await fixture.client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'b/', StartAfter: 'b/1 + %20&<>"' }),
    );
    expect(page.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
      ['b/2/x', 5],
      ['b/2/y', 5],
    ]);
  });

  it('percent-encode keys when asked', async () => {
    const page = await fixture.client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'b/1 ', EncodingType: 'url' }),
    );
    expect(page.Contents?.map(entry => decodeURIComponent(entry.Key ?? ''))).toEqual(['b/1 + %20&<>"']);
    expect(page.Contents?.[0]?.Key).toBe('b/1%20%2B%20%2520%26%3C%3E%22');
  });
});

describe('buckets', () => {
  it('are made, listed and found', async () => {
    await fixture.client.send(new CreateBucketCommand({ Bucket: 'second-one' }));
    await fixture.client.send(new HeadBucketCommand({ Bucket: 'second-one' }));
    const { Buckets } = await fixture.client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(bucket => bucket.Name)).toEqual(['second-one', 'waybill']);
    const location = await fixture.client.send(new GetBucketLocationCommand({ Bucket }));
    expect(location.LocationConstraint).toBeUndefined();
  });

  it.each([
    ['waybill', 'BucketAlreadyOwnedByYou'],
    ['Upper', 'InvalidBucketName'],
    ['ab-', 'InvalidBucketName'],
    ['a..b', 'InvalidBucketName'],
  ])('called %s are refused', async (name, code) => {
    const create = fixture.client.send(new CreateBucketCommand({ Bucket: name }));
    await expect(create).rejects.toMatchObject({ name: code });
  });

  it('that are not there are told apart', async () => {
    const list = fixture.client.send(new ListObjectsV2Command({ Bucket: 'nowhere' }));
    await expect(list).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const head = fixture.client.send(new HeadBucketCommand({ Bucket: 'nowhere' }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});

describe('what is not served', () => {
  const tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
  it.each([
    ['reading an ACL', () => new GetBucketAclCommand({ Bucket })],
    [
      'versioning',
      () => new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    ],
    ['tagging', () => new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: tagging })],
    ['tags on a put', () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'new', Tagging: 'a=b' })],
    ['a public ACL', () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'new', ACL: 'public-read' })],
    [
      'encryption',
      () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'new', ServerSideEncryption: 'AES256' }),
    ],
    ['appending', () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'new', WriteOffsetBytes: 1 })],
  ])('is answered 501: %s', async (_what, command) => {
    // The commands have no common type that send() takes.
    const call = fixture.client.send(command() as PutObjectCommand);
    await expect(call).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
    const { Contents } = await fixture.client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a' }));
    expect(Contents?.[0]?.Size).toBe(1);
  });

  it('but tools that look for tags find that there are none', async () => {
    const { TagSet } = await fixture.client.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }));
    expect(TagSet).toEqual([]);
  });
});
