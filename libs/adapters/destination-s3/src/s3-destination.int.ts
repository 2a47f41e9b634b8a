import { createHash, randomUUID } from 'node:crypto';
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { BucketFarEnd, contentOf, itemOf, parcelOf, someBytes } from '@waybill/conformance';
import type { DestinationAdapter, ParcelItem, Receipt } from '@waybill/contract';
import { testServers } from '@waybill/servers';
import { s3Destination } from './index.ts';

const { s3 } = testServers();
const secrets: Record<string, string> = {
  ID: s3.accessKeyId,
  SECRET: s3.secretAccessKey,
  WRONG: 'not-the-secret',
};
const open: DestinationAdapter[] = [];
let bucket: BucketFarEnd;

function destination(over: Record<string, unknown> = {}): DestinationAdapter {
  const config = s3Destination.config.parse({
    bucket: bucket.name,
    endpoint: s3.endpoint,
    region: s3.region,
    accessKeyId: { env: 'ID' },
    secretAccessKey: { env: 'SECRET' },
    prefix: 'to-partner/',
    ...over,
  });
  const adapter = s3Destination.create(config, {
    name: 'archive',
    reveal: ref => ('env' in ref ? (secrets[ref.env] ?? '') : ''),
  });
  open.push(adapter);
  return adapter;
}

const deliver = (adapter: DestinationAdapter, item: ParcelItem): Promise<readonly Receipt[]> =>
  adapter.deliver(parcelOf(item), () => undefined, new AbortController().signal);

beforeAll(async () => {
  bucket = await BucketFarEnd.make(`int-${randomUUID()}`, s3);
});
afterEach(async () => {
  for (const adapter of open.splice(0)) await adapter.close();
});
afterAll(() => bucket.remove());

describe('an s3 destination tells what is wrong', () => {
  it.each([
    ['a wrong secret key', { secretAccessKey: { env: 'WRONG' } }, 'unauthorized', 'check'],
    ['an unknown access key', { accessKeyId: { env: 'WRONG' } }, 'unauthorized', 'check accessKeyId'],
    ['a bucket that is not there', { bucket: 'no-such-bucket' }, 'rejected', 'no such bucket'],
    ['a store that does not run', { endpoint: 'http://127.0.0.1:1' }, 'unreachable', 'refused'],
    ['a host that is not there', { endpoint: 'http://no-such-host.invalid' }, 'unreachable', 'no-such-host'],
  ])('%s', async (_what, over, code, words) => {
    const failed = deliver(destination(over), itemOf('some.bin', contentOf(Buffer.from('some'))));
    await expect(failed).rejects.toMatchObject({ name: 'AdapterError', code });
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.not.toThrow('not-the-secret');
    await expect(destination(over).probe(new AbortController().signal)).rejects.toMatchObject({ code });
    await expect(destination(over).inspect?.('some.bin', new AbortController().signal)).rejects.toMatchObject(
      {
        code,
      },
    );
  });
});

describe('an s3 destination delivers', () => {
  it('below its prefix, stamped, and proved by the digest that the store gives', async () => {
    for (const size of [1_000, 20_000_000]) {
      const item = itemOf(`proved/${size}.bin`, contentOf(someBytes(size)));
      const [receipt] = await deliver(destination(), item);
      expect(receipt).toMatchObject({ outcome: 'delivered', proofLevel: 'in_flight' });
      expect(await bucket.metadata(`to-partner/proved/${size}.bin`)).toEqual({
        'waybill-delivery': item.deliveryId,
        'waybill-sha256': item.content.sha256,
      });
    }
  });

  it('knows the same bytes of someone else by reading them', async () => {
    const bytes = someBytes(3_000, 4);
    await bucket.put('to-partner/theirs.bin', bytes);
    const [receipt] = await deliver(destination(), itemOf('theirs.bin', contentOf(bytes)));
    expect(receipt).toMatchObject({ outcome: 'already-present', proofLevel: 'destination_reread' });
  });

  it('over another object when told to replace', async () => {
    await bucket.put('to-partner/replaced.bin', Buffer.from('theirs'));
    const item = itemOf('replaced.bin', contentOf(Buffer.from('ours!!')));
    await deliver(destination({ overwrite: 'replace' }), item);
    expect((await bucket.read('to-partner/replaced.bin'))?.toString()).toBe('ours!!');
  });

  it('aborts what a crashed attempt left of the same file, and nobody else’s upload', async () => {
    const bytes = someBytes(20_000_000, 5);
    const client = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      forcePathStyle: true,
      credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    const Key = 'to-partner/crashed.bin';
    const begin = async (firstPart: Buffer) => {
      const upload = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket.name, Key }));
      await client.send(
        new UploadPartCommand({
          Bucket: bucket.name,
          Key,
          UploadId: upload.UploadId,
          PartNumber: 1,
          Body: firstPart,
          ContentMD5: createHash('md5').update(firstPart).digest('base64'),
        }),
      );
    };
    await begin(bytes.subarray(0, 8 * 1024 * 1024));
    await begin(someBytes(8 * 1024 * 1024, 6));
    await deliver(destination(), itemOf('crashed.bin', contentOf(bytes), { fence: 2 }));
    client.destroy();
    const left = (await bucket.list()).filter(name => name.startsWith(Key));
    expect(left).toHaveLength(2);
    expect(left).toContain(Key);
    expect(left).toContain(`${Key} (unfinished upload)`);
  });
});
