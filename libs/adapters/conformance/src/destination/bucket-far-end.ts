import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

export interface BucketServer {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Looks at a destination whose root is a bucket, with the vendor's own client. */
export class BucketFarEnd {
  private constructor(
    readonly name: string,
    private readonly client: S3Client,
  ) {}

  static async make(name: string, { endpoint, region, ...credentials }: BucketServer): Promise<BucketFarEnd> {
    const client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    return new BucketFarEnd(name, client);
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      const answer = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (typeof error === 'object' && error !== null && Reflect.get(error, 'name') === 'NoSuchKey')
        return undefined;
      throw error;
    }
  }

  /** Keys of objects, and of uploads that were begun and neither completed nor aborted. */
  async list(): Promise<string[]> {
    const uploads = await this.uploads();
    return [...(await this.keys()), ...uploads.map(({ key }) => `${key} (unfinished upload)`)];
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: bytes }));
  }

  async stamp(key: string): Promise<string> {
    const found = await this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
    return `${found.ETag} ${found.LastModified?.toISOString()} ${JSON.stringify(found.Metadata)}`;
  }

  /** The metadata of an object. */
  async metadata(key: string): Promise<Record<string, string>> {
    const found = await this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
    return found.Metadata ?? {};
  }

  async remove(): Promise<void> {
    for (const { key, id } of await this.uploads()) {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: id }));
    }
    for (const key of await this.keys()) {
      await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
    }
    await this.client.send(new DeleteBucketCommand({ Bucket: this.name }));
    this.client.destroy();
  }

  private async keys(): Promise<string[]> {
    const answer = await this.client.send(new ListObjectsV2Command({ Bucket: this.name }));
    return (answer.Contents ?? []).map(({ Key }) => Key ?? '');
  }

  private async uploads(): Promise<{ key: string; id: string }[]> {
    const answer = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return (answer.Uploads ?? []).map(({ Key, UploadId }) => ({ key: Key ?? '', id: UploadId ?? '' }));
  }
}
