/**
 * The bare loop: `sdk-loop.mjs <folder> <bucket> <plain|sha256>` uploads every file of a folder with Amazon's client and
 * nothing else: no state, no proof, no resume. A file over 16 MiB goes up in parts from four reused buffers, one file after
 * the other; smaller ones 16 at once. The store is named by the environment.
 */
import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

const [folder = '', bucket = '', mode = 'plain'] = process.argv.slice(2);
const partSize = 16 * 1024 ** 2;
const partsAtOnce = 4;
const filesAtOnce = 16;

const client = new S3Client({
  endpoint: process.env['BENCH_S3_ENDPOINT'] ?? '',
  region: process.env['BENCH_S3_REGION'] ?? '',
  credentials: {
    accessKeyId: process.env['BENCH_S3_KEY'] ?? '',
    secretAccessKey: process.env['BENCH_S3_SECRET'] ?? '',
  },
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  expectContinueHeader: false,
});

/** Runs `work` for every item, so many at once. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items].reverse();
  const lane = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function putWhole(path: string, size: number): Promise<void> {
  const handle = await open(join(folder, path));
  try {
    const body = Buffer.allocUnsafeSlow(size);
    await handle.read(body, 0, size, 0);
    if (mode === 'sha256') createHash('sha256').update(body).digest();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: path, Body: body }));
  } finally {
    await handle.close();
  }
}

async function putParts(path: string, size: number): Promise<void> {
  const upload = { Bucket: bucket, Key: path };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
  const buffers = Array.from({ length: partsAtOnce }, () => Buffer.allocUnsafeSlow(partSize));
  const etags: (string | undefined)[] = [];
  const hash = createHash('sha256');
  const handle = await open(join(folder, path));
  let next = 0;
  // One reader at a time, so that the digest sees the bytes in their order.
  let reading: Promise<unknown> = Promise.resolve();
  const lane = async (buffer: Buffer): Promise<void> => {
    for (;;) {
      const turn = reading.then(async () => {
        const index = next;
        const length = Math.min(partSize, size - index * partSize);
        if (length <= 0) return undefined;
        next += 1;
        await handle.read(buffer, 0, length, index * partSize);
        const body = buffer.subarray(0, length);
        if (mode === 'sha256') hash.update(body);
        return { body, number: index + 1 };
      });
      reading = turn;
      const part = await turn;
      if (part === undefined) return;
      const { ETag } = await client.send(
        new UploadPartCommand({ ...upload, UploadId, PartNumber: part.number, Body: part.body }),
      );
      etags[part.number - 1] = ETag;
    }
  };
  try {
    await Promise.all(buffers.map(lane));
  } finally {
    await handle.close();
  }
  const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
  await client.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
}

const files = await Promise.all(
  (await readdir(folder)).map(async path => ({ path, size: (await stat(join(folder, path))).size })),
);
for (const { path, size } of files) if (size > partSize) await putParts(path, size);
await inLanes(
  files.filter(({ size }) => size <= partSize),
  filesAtOnce,
  ({ path, size }) => putWhole(path, size),
);
client.destroy();
