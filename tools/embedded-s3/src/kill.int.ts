import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { startEmbeddedS3 } from './start-embedded-s3.ts';
import { account, Bucket, bytes, clientOf, countFiles } from './testing/server-fixture.ts';

const md5 = (content: Uint8Array) => createHash('md5').update(content).digest('hex');
const mebibyte = 1024 * 1024;

let workshop: string;
let artifact: string;
let running: ChildProcess | undefined;
const started = new Set<ChildProcess>();

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'embedded-s3-kill-'));
  artifact = join(workshop, 'main.mjs');
  const esbuild = createRequire(import.meta.url).resolve('esbuild/bin/esbuild');
  const main = join(import.meta.dirname, 'main.ts');
  await promisify(execFile)(esbuild, [
    main,
    '--bundle',
    '--platform=node',
    '--format=esm',
    `--outfile=${artifact}`,
  ]);
}, 30_000);
// A test that fails leaves its processes behind.
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});
afterAll(async () => {
  await rm(workshop, { recursive: true, force: true });
});

/** The real process. Resolves when it takes requests. */
async function start(folder: string): Promise<S3Client> {
  const child = spawn(process.execPath, [artifact], {
    env: {
      WAYBILL_S3_FOLDER: folder,
      WAYBILL_S3_ACCESS_KEY_ID: account.accessKeyId,
      WAYBILL_S3_SECRET_ACCESS_KEY: account.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  started.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ready = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`it did not start: ${said}`)));
  // It also ends when a test kills it: then nobody waits for it to be ready.
  ended.catch(() => undefined);
  const [line] = await Promise.race([ready, ended]);
  const { endpoint } = JSON.parse(line) as { endpoint: string };
  return clientOf(endpoint, { requestChecksumCalculation: 'WHEN_REQUIRED' });
}
async function kill(): Promise<void> {
  if (running === undefined || running.exitCode !== null) return;
  const exited = once(running, 'exit');
  running.kill('SIGKILL');
  await exited;
}

describe('kill -9', () => {
  it('at any moment of puts, overwrites and completes loses nothing that was acknowledged and leaves no half', async () => {
    const folder = join(workshop, 'puts');
    /** What each key may hold: the last acknowledged content, or what was on its way at the kill. */
    const allowed = new Map<string, Set<string>>();
    for (let round = 0; round < 6; round++) {
      const client = await start(folder);
      const write = async (Key: string, act: (content: Buffer) => Promise<unknown>, size: number) => {
        for (let turn = 0; ; turn++) {
          const content = bytes(size + turn, round + 1);
          const before = allowed.get(Key) ?? new Set(['absent']);
          allowed.set(Key, new Set([...before, md5(content)]));
          try {
            await act(content);
          } catch {
            return; // The kill. Both outcomes are allowed now.
          }
          allowed.set(Key, new Set([md5(content)]));
        }
      };
      const put = (Key: string) => (Body: Buffer) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
      const upload = (Key: string) => async (content: Buffer) => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
        const bodies = [content.subarray(0, 5 * mebibyte), content.subarray(5 * mebibyte)];
        const Parts = await Promise.all(
          bodies.map(async (Body, index) => {
            const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body };
            const { ETag } = await client.send(new UploadPartCommand(part));
            return { PartNumber: index + 1, ETag };
          }),
        );
        const MultipartUpload = { Parts };
        await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
      };
      const writers = [
        ...Array.from({ length: 6 }, (_, i) => write(`small-${i}`, put(`small-${i}`), 3000 * i)),
        write('large', put('large'), 12 * mebibyte),
        write('multipart', upload('multipart'), 6 * mebibyte),
      ];
      await sleep(150 + randomInt(350));
      await kill();
      await Promise.all(writers);
      client.destroy();

      const again = await start(folder);
      const { Contents = [] } = await again.send(new ListObjectsV2Command({ Bucket }));
      for (const [Key, contents] of allowed) {
        const listed = Contents.find(entry => entry.Key === Key);
        const found = await again.send(new GetObjectCommand({ Bucket, Key })).then(
          async ({ Body }) => md5((await Body?.transformToByteArray()) ?? Buffer.alloc(0)),
          (error: Error) => (error.name === 'NoSuchKey' ? 'absent' : Promise.reject(error)),
        );
        expect([Key, listed === undefined]).toEqual([Key, found === 'absent']);
        expect([...contents]).toContain(found);
        allowed.set(Key, new Set([found]));
      }
      // Bytes that nothing names were swept: what lies there is the objects' and the open uploads' alone.
      const { Uploads = [] } = await again.send(new ListMultipartUploadsCommand({ Bucket }));
      const parts = await Promise.all(
        Uploads.map(async ({ Key, UploadId }) => {
          const { Parts = [] } = await again.send(new ListPartsCommand({ Bucket, Key, UploadId }));
          return Parts.length;
        }),
      );
      const ofObjects = Contents.reduce(
        (sum, { Size, ETag }) => sum + (Size === 0 ? 0 : ETag?.includes('-') === true ? 2 : 1),
        0,
      );
      expect(await countFiles(folder)).toEqual({
        data: parts.reduce((sum, count) => sum + count, ofObjects),
        temporary: 0,
      });
      await kill();
      again.destroy();
    }
  }, 60_000);

  it('keeps a multipart upload and its parts, to be completed after the restart', async () => {
    const folder = join(workshop, 'resume');
    const address = { Bucket, Key: 'resumed' };
    const first = await start(folder);
    const { UploadId } = await first.send(
      new CreateMultipartUploadCommand({ ...address, Metadata: { token: 't' } }),
    );
    const content = bytes(11 * mebibyte);
    const part = { ...address, UploadId, PartNumber: 1, Body: content.subarray(0, 8 * mebibyte) };
    await first.send(new UploadPartCommand(part));
    await kill();
    first.destroy();

    const second = await start(folder);
    const { Parts = [] } = await second.send(new ListPartsCommand({ ...address, UploadId }));
    expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[1, 8 * mebibyte]]);
    const last = { ...address, UploadId, PartNumber: 2, Body: content.subarray(8 * mebibyte) };
    const { ETag } = await second.send(new UploadPartCommand(last));
    const complete = new CompleteMultipartUploadCommand({
      ...address,
      UploadId,
      MultipartUpload: {
        Parts: [
          { PartNumber: 1, ETag: Parts[0]?.ETag },
          { PartNumber: 2, ETag },
        ],
      },
    });
    const done = await second.send(complete);
    await kill();
    second.destroy();

    const third = await start(folder);
    const got = await third.send(new GetObjectCommand(address));
    expect(got.Metadata).toEqual({ token: 't' });
    expect(md5((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(md5(content));
    expect((await third.send(complete)).ETag).toBe(done.ETag);
    await kill();
    third.destroy();
  }, 30_000);

  it('stops by SIGTERM with code 0', async () => {
    const client = await start(join(workshop, 'stop'));
    await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'b' }));
    const exited = once(running ?? process, 'exit');
    running?.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    client.destroy();
  });
});

describe('a folder', () => {
  const options = { ...account, buckets: [Bucket] };

  it('is served by one server at a time', async () => {
    const folder = join(workshop, 'one');
    const first = await startEmbeddedS3({ ...options, folder });
    await expect(startEmbeddedS3({ ...options, folder })).rejects.toThrow(/is being served already/);
    await first.stop();
    const second = await startEmbeddedS3({ ...options, folder });
    await second.stop();
  });

  it("of somebody else's files is refused and left as it is", async () => {
    const folder = join(workshop, 'foreign');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(join(folder, 'data', 'mine'), 'precious');
    await expect(startEmbeddedS3({ ...options, folder })).rejects.toThrow(/give it an empty folder/);
    expect(await readdir(folder, { recursive: true })).toEqual(['data', join('data', 'mine')]);
  });

  it('and a port that is taken give one sentence', async () => {
    const first = await startEmbeddedS3({ ...options, folder: join(workshop, 'port-1') });
    const second = startEmbeddedS3({ ...options, folder: join(workshop, 'port-2'), port: first.port });
    await expect(second).rejects.toThrow(/cannot listen on 127\.0\.0\.1:\d+/);
    await first.stop();
  });
});
