import { ownSignal } from '@waybill/content';
import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import {
  AdapterError,
  type AdapterContext,
  type DestinationAdapter,
  type DestinationDescriptor,
  type Parcel,
  type Progress,
  type Receipt,
  type SecretRef,
  type StoredObject,
} from '@waybill/contract';
import { deliverObject } from './object-delivery.ts';
import { objectKey } from './object-key.ts';
import { s3Config, type S3Config } from './s3-config.ts';
import { saying, storeError } from './s3-error.ts';
import { S3Store } from './s3-store.ts';
import { UnfinishedUploads } from './unfinished-uploads.ts';

/**
 * Files as objects in a bucket. Small ones go by one request whose MD5 the store checks, larger ones in parts. Each object
 * carries `waybill-delivery` and `waybill-sha256` in its metadata: by them a repeat is known, and a lost answer resolved.
 */
class S3Destination implements DestinationAdapter {
  readonly maxInFlight: number;
  private readonly unfinished = new UnfinishedUploads();
  private closed = false;

  constructor(
    private readonly config: S3Config,
    private readonly client: S3Client,
    private readonly store: S3Store,
  ) {
    this.maxInFlight = config.concurrency;
  }

  async probe(signal: AbortSignal): Promise<void> {
    await this.work(signal, async own => {
      await this.store.headBucket(own);
      // Begins and aborts an upload: asks for the right to write, and no object is ever visible.
      const key = objectKey(this.config.prefix, `.waybill-probe-${randomUUID()}`);
      const stamp = { contentType: 'application/octet-stream', deliveryId: 'probe', sha256: 'probe' };
      await this.store.abort(key, await this.store.createUpload(key, stamp, own), own);
    });
  }

  async deliver(parcel: Parcel, report: Progress, signal: AbortSignal): Promise<readonly Receipt[]> {
    return this.work(signal, async own => {
      const receipts: Receipt[] = [];
      for (const item of parcel.items) {
        receipts.push(await deliverObject(this.store, this.unfinished, this.config, item, report, own));
      }
      return receipts;
    });
  }

  async inspect(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    return this.work(signal, async own => {
      const found = await this.store.head(objectKey(this.config.prefix, key), own);
      // A bucket that is not there answers in the same way: that is a fault and no absence of the object.
      if (found === undefined) return void (await this.store.headBucket(own));
      const modifiedAt = found.LastModified;
      return { key, size: found.ContentLength ?? 0, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.client.destroy();
  }

  private async work<T>(signal: AbortSignal, todo: (own: AbortSignal) => Promise<T>): Promise<T> {
    if (this.closed)
      throw new AdapterError('unreachable', `${this.store.where}: this destination was closed.`);
    const own = ownSignal(signal);
    try {
      return await todo(own.signal);
    } catch (error) {
      throw storeError(this.store.where, 'finish', error);
    } finally {
      own.release();
    }
  }
}

/** The `s3` destination. */
export const s3Destination = {
  kind: 's3',
  title: 'S3 bucket',
  config: s3Config,
  create(config: S3Config, context: AdapterContext): DestinationAdapter {
    const where = `Destination "${context.name}" (bucket ${config.bucket} at ${config.endpoint ?? 'AWS'})`;
    const client = createClient(config, where, ref => context.reveal(ref));
    return new S3Destination(config, client, new S3Store(client, where, config.bucket));
  },
} satisfies DestinationDescriptor<typeof s3Config>;

/**
 * The client keeps credentials that never expire for good, and reads others again five minutes before: these after two
 * seconds, so that a key that a person corrected works without a restart.
 */
const rereadAfterMs = 5 * 60_000 + 2_000;

function createClient(config: S3Config, where: string, reveal: (ref: SecretRef) => string): S3Client {
  return new S3Client({
    region: config.region,
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
    forcePathStyle: config.forcePathStyle ?? config.endpoint !== undefined,
    credentials: async () => {
      try {
        return {
          accessKeyId: reveal(config.accessKeyId),
          secretAccessKey: reveal(config.secretAccessKey),
          expiration: new Date(Date.now() + rereadAfterMs),
        };
      } catch (error) {
        throw new AdapterError('unauthorized', `${where}: ${saying(error)}`, { cause: error });
      }
    },
    requestChecksumCalculation: config.requestChecksum,
    responseChecksumValidation: config.requestChecksum,
    // Repeating blindly would hide which answer was lost; what is worth repeating is repeated by those who know.
    maxAttempts: 1,
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: config.timeouts.connect,
      socketTimeout: config.timeouts.request,
      httpAgent: { keepAlive: true, noDelay: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, noDelay: true, maxSockets: 64 },
    },
  });
}
