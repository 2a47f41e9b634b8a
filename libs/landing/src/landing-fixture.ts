import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { formatCrc32 } from './crc32-combine.ts';
import { createS3Landing, type S3Landing } from './create-s3-landing.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { CompletePart } from './finalizer-landing.ts';
import type { LandingSettings } from './landing-settings.ts';
import { faultOf } from './s3-error.ts';

export interface TestStore {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const smallestPart = 5 * 1024 ** 2;

export const digestsOf = (body: Uint8Array) => ({ crc32: formatCrc32(crc32(body)) });

/** For tests: a fresh bucket in a real store, a landing that reaches it through a fault proxy, and the vendor's own client past it. */
export class LandingFixture {
  readonly bucket = `landing-${randomUUID()}`;
  readonly signal = new AbortController().signal;
  readonly landing: S3Landing;
  readonly #opened: S3Landing[] = [];

  private constructor(
    readonly store: TestStore,
    readonly proxy: FaultProxy,
    readonly vendor: S3Client,
  ) {
    this.landing = this.open();
  }

  static async on(store: TestStore): Promise<LandingFixture> {
    const vendor = new S3Client({
      endpoint: store.endpoint,
      region: store.region,
      forcePathStyle: true,
      credentials: { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    const fixture = new LandingFixture(store, await FaultProxy.before(store.endpoint), vendor);
    await vendor.send(new CreateBucketCommand({ Bucket: fixture.bucket }));
    return fixture;
  }

  /** A landing of its own memory; closed with the fixture. */
  open(overrides: Partial<LandingSettings> = {}): S3Landing {
    const { region, accessKeyId, secretAccessKey } = this.store;
    const made = createS3Landing({
      bucket: this.bucket,
      endpoint: this.proxy.endpoint,
      region,
      reveal: () => ({ accessKeyId, secretAccessKey }),
      ...overrides,
    });
    this.#opened.push(made);
    return made;
  }

  /** What stands under a key, seen past the landing and the proxy. */
  async stored(key: string): Promise<Buffer> {
    const { Body } = await this.vendor.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async exists(key: string): Promise<boolean> {
    try {
      await this.vendor.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return true;
    } catch (error) {
      if (faultOf(error).status === 404) return false;
      throw error;
    }
  }

  put(key: string, body: Buffer, token = 'token-1', ifAbsent = true, landing = this.landing) {
    const { signal } = this;
    return landing.edge.put({
      key,
      token,
      body,
      contentType: 'text/csv',
      digests: digestsOf(body),
      ifAbsent,
      signal,
    });
  }

  /** Two parts in a fresh upload, ready to be completed. */
  async uploaded(key: string) {
    const { signal, landing } = this;
    const whole = randomBytes(smallestPart + 1000);
    const token = randomUUID();
    const { uploadId } = await landing.edge.begin({ key, token, contentType: 'video/mp4', signal });
    const parts: CompletePart[] = [];
    for (const body of [whole.subarray(0, smallestPart), whole.subarray(smallestPart)]) {
      const [number, digests] = [parts.length + 1, digestsOf(body)];
      const { etag } = await landing.edge.sendPart({ key, uploadId, number, body, digests, signal });
      parts.push({ number, size: body.byteLength, etag, ...digests });
    }
    return { whole, upload: { key, uploadId, token, parts, size: whole.byteLength, signal } };
  }

  async close(): Promise<void> {
    for (const made of this.#opened) await made.edge.close();
    this.vendor.destroy();
    await this.proxy.close();
  }
}
