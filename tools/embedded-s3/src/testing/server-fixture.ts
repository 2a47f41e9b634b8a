import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { startEmbeddedS3 } from '../start-embedded-s3.ts';
import type { EmbeddedS3 } from '../start-embedded-s3.ts';

export const account = { region: 'us-east-1', accessKeyId: 'AKEXAMPLE', secretAccessKey: 'example/secret' };
export const Bucket = 'waybill';

/** A client of this endpoint as an SDK user makes it. */
export function clientOf(endpoint: string, config: S3ClientConfig = {}): S3Client {
  const { region, ...credentials } = account;
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
}

/** A server of its own with an empty folder, and a client. */
export interface ServerFixture {
  readonly folder: string;
  readonly server: EmbeddedS3;
  readonly client: S3Client;
  readonly failures: readonly string[];
  /** Number of files with bytes, and of drafts, that lie on the disk. */
  files(): Promise<{ readonly data: number; readonly temporary: number }>;
  close(): Promise<void>;
}

export async function startFixture(config: S3ClientConfig = {}): Promise<ServerFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-s3-'));
  const failures: string[] = [];
  const server = await startEmbeddedS3({
    folder,
    ...account,
    buckets: [Bucket],
    onFailure: message => failures.push(message),
  });
  const client = clientOf(server.endpoint, config);
  return {
    folder,
    server,
    client,
    failures,
    files: () => countFiles(folder),
    close: async () => {
      client.destroy();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function countFiles(folder: string) {
  const [data, temporary] = await Promise.all(
    ['data', 'tmp'].map(async name => (await readdir(join(folder, name))).length),
  );
  return { data: data ?? 0, temporary: temporary ?? 0 };
}

/** Bytes that differ at every offset and for every seed, made fast. */
export function bytes(size: number, seed = 1): Buffer {
  const block = Buffer.from(Array.from({ length: 65_521 }, (_, i) => (i * (2 * seed + 1) + (i >> 8)) & 255));
  return Buffer.alloc(size, block);
}

/** Waits for something that follows soon after an answer. Fails after five seconds. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was to follow did not within five seconds');
    await sleep(20);
  }
}
