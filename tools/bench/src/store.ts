import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FileSet } from './file-set.ts';

/** Where the S3 server of this run answers. */
export interface S3Place {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const deletesAtOnce = 32;

/** Looks at the store with Amazon's own client, behind the back of every side. */
export class Store {
  private readonly client: S3Client;

  constructor({ endpoint, region, ...credentials }: S3Place) {
    this.client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async createBucket(bucket: string): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  /**
   * Rejects unless the bucket holds exactly these files below `prefix`, each of its size, and the sample with its very
   * bytes.
   */
  async verify(bucket: string, prefix: string, { files, sample }: FileSet): Promise<void> {
    const found = new Map(await this.list(bucket));
    const wrong = [...files].find(([path, size]) => found.get(prefix + path) !== size);
    if (wrong !== undefined) {
      const seen = found.get(prefix + wrong[0]);
      throw new Error(
        `${prefix}${wrong[0]} should have ${wrong[1]} bytes and ${seen === undefined ? 'is missing' : `has ${seen}`}.`,
      );
    }
    if (found.size !== files.size)
      throw new Error(`The bucket holds ${found.size} objects and should hold ${files.size}.`);
    const hash = createHash('sha256');
    const { Body } = await this.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: prefix + sample.path }),
    );
    for await (const chunk of Body as Readable) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== sample.sha256)
      throw new Error(`${prefix}${sample.path} came back with other bytes than were sent.`);
  }

  /** Removes what is in the bucket; the empty bucket goes with the server's data. */
  async empty(bucket: string): Promise<void> {
    const keys = (await this.list(bucket)).map(([key]) => key);
    const lane = async (): Promise<void> => {
      for (let Key = keys.pop(); Key !== undefined; Key = keys.pop())
        await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    };
    await Promise.all(Array.from({ length: deletesAtOnce }, lane));
  }

  close(): void {
    this.client.destroy();
  }

  private async list(bucket: string): Promise<[key: string, size: number][]> {
    const found: [string, number][] = [];
    for (let token: string | undefined, more = true; more;) {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) found.push([Key, Size]);
      token = page.NextContinuationToken;
      more = page.IsTruncated === true;
    }
    // Some stores list a multipart object with the size of its manifest; its head tells the size that a reader gets.
    return Promise.all(
      found.map(async ([key, size]) => [key, size === 0 ? await this.size(bucket, key) : size]),
    );
  }

  private async size(bucket: string, key: string): Promise<number> {
    const head = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return head.ContentLength ?? 0;
  }
}
