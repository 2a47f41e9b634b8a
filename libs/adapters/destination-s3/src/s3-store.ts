import { stopped } from '@waybill/content';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type HeadObjectCommandOutput,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { faultOf, storeError } from './s3-error.ts';

/** What is stamped into an object so that a lost answer can be told from someone else's object. */
export interface Stamp {
  readonly contentType: string;
  readonly deliveryId: string;
  readonly sha256: string;
}

/** One part or object as it is sent, with the digest that the store checks it by. */
export interface Body {
  readonly bytes: Buffer;
  readonly md5: Buffer;
}

/** The requests that a delivery needs, on one bucket. Every rejection is an AdapterError whose cause is the client's error. */
export class S3Store {
  /** Whether the store bears If-None-Match on writes; learnt from its answers. */
  private conditional = true;

  constructor(
    private readonly client: S3Client,
    readonly where: string,
    private readonly bucket: string,
  ) {}

  /** What stands under a key; undefined only when the store says that nothing does. */
  async head(key: string, signal: AbortSignal): Promise<HeadObjectCommandOutput | undefined> {
    const asking = this.send(signal, `look at ${key}`, abortSignal =>
      this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }), { abortSignal }),
    );
    return asking.catch((error: unknown) => {
      if (faultOf(error).status === 404) return undefined;
      throw error;
    });
  }

  async headBucket(signal: AbortSignal): Promise<void> {
    await this.send(signal, `see the bucket ${this.bucket}`, abortSignal =>
      this.client.send(new HeadBucketCommand({ Bucket: this.bucket }), { abortSignal }),
    );
  }

  async read(key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.send(signal, `read ${key}`, abortSignal =>
      this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }), { abortSignal }),
    );
    return answer.Body as unknown as AsyncIterable<Uint8Array>;
  }

  /** Stores an object in one request; returns its ETag. `onlyNew`: not over another one, where the store can see to it. */
  async put(key: string, body: Body, stamp: Stamp, onlyNew: boolean, signal: AbortSignal): Promise<string> {
    const answer = await this.unlessTaken(onlyNew, condition =>
      this.send(signal, `store ${key}`, abortSignal =>
        this.client.send(
          new PutObjectCommand({
            Bucket: this.bucket,
            Key: key,
            Body: body.bytes,
            ContentLength: body.bytes.length,
            ContentMD5: body.md5.toString('base64'),
            ...stamped(stamp),
            ...condition,
          }),
          { abortSignal },
        ),
      ),
    );
    return plainTag(answer.ETag);
  }

  async createUpload(key: string, stamp: Stamp, signal: AbortSignal): Promise<string> {
    const answer = await this.send(signal, `begin the upload of ${key}`, abortSignal =>
      this.client.send(
        new CreateMultipartUploadCommand({ Bucket: this.bucket, Key: key, ...stamped(stamp) }),
        { abortSignal },
      ),
    );
    if (answer.UploadId === undefined) {
      throw storeError(this.where, `begin the upload of ${key}`, new Error('the store gave no upload id'));
    }
    return answer.UploadId;
  }

  async sendPart(
    key: string,
    uploadId: string,
    number: number,
    body: Body,
    signal: AbortSignal,
  ): Promise<CompletedPart> {
    const answer = await this.send(signal, `send part ${number} of ${key}`, abortSignal =>
      this.client.send(
        new UploadPartCommand({
          Bucket: this.bucket,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          Body: body.bytes,
          ContentLength: body.bytes.length,
          ContentMD5: body.md5.toString('base64'),
        }),
        { abortSignal },
      ),
    );
    // A part that was sent with a checksum has to be listed with it.
    return {
      PartNumber: number,
      ETag: answer.ETag,
      ...(answer.ChecksumCRC32 === undefined ? {} : { ChecksumCRC32: answer.ChecksumCRC32 }),
    };
  }

  async complete(
    key: string,
    uploadId: string,
    parts: CompletedPart[],
    onlyNew: boolean,
    signal: AbortSignal,
  ): Promise<string> {
    const answer = await this.unlessTaken(onlyNew, condition =>
      this.send(signal, `complete ${key}`, abortSignal =>
        this.client.send(
          new CompleteMultipartUploadCommand({
            Bucket: this.bucket,
            Key: key,
            UploadId: uploadId,
            MultipartUpload: { Parts: parts },
            ...condition,
          }),
          { abortSignal },
        ),
      ),
    );
    return plainTag(answer.ETag);
  }

  /** Repeatable: an upload that is gone already is as good as aborted. */
  async abort(key: string, uploadId: string, signal: AbortSignal): Promise<void> {
    const aborting = this.send(signal, `abort the upload of ${key}`, abortSignal =>
      this.client.send(
        new AbortMultipartUploadCommand({ Bucket: this.bucket, Key: key, UploadId: uploadId }),
        { abortSignal },
      ),
    );
    await aborting.catch((error: unknown) => {
      if (faultOf(error).status !== 404) throw error;
    });
  }

  /** Upload ids that are open for exactly this key. */
  async openUploads(key: string, signal: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    let after: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> = {};
    do {
      const page = await this.send(signal, `list the open uploads of ${key}`, abortSignal =>
        this.client.send(
          new ListMultipartUploadsCommand({
            Bucket: this.bucket,
            Prefix: key,
            ...(after.NextKeyMarker === undefined ? {} : { KeyMarker: after.NextKeyMarker }),
            ...(after.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: after.NextUploadIdMarker }),
          }),
          { abortSignal },
        ),
      );
      for (const { Key, UploadId } of page.Uploads ?? []) {
        if (Key === key && UploadId !== undefined) found.push(UploadId);
      }
      after = page.IsTruncated === true ? page : {};
    } while (after.NextKeyMarker !== undefined);
    return found;
  }

  /** ETag and size of an upload's first part; undefined when it has none. */
  async firstPart(
    key: string,
    uploadId: string,
    signal: AbortSignal,
  ): Promise<{ etag: string; size: number } | undefined> {
    const answer = await this.send(signal, `list the parts of ${key}`, abortSignal =>
      this.client.send(
        new ListPartsCommand({ Bucket: this.bucket, Key: key, UploadId: uploadId, MaxParts: 1 }),
        { abortSignal },
      ),
    );
    const first = answer.Parts?.find(part => part.PartNumber === 1);
    return first === undefined ? undefined : { etag: plainTag(first.ETag), size: first.Size ?? -1 };
  }

  /** Asks for a write under a condition; a store that does not know it (501) is asked without, from then on. */
  private async unlessTaken<T>(onlyNew: boolean, ask: (condition: { IfNoneMatch?: string }) => Promise<T>) {
    if (!onlyNew || !this.conditional) return ask({});
    return ask({ IfNoneMatch: '*' }).catch((error: unknown) => {
      if (faultOf(error).status !== 501) throw error;
      this.conditional = false;
      return ask({});
    });
  }

  private async send<T>(
    signal: AbortSignal,
    doing: string,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(signal);
    } catch (error) {
      if (signal.aborted) throw stopped(this.where, signal);
      throw storeError(this.where, doing, error);
    }
  }
}

const stamped = ({ contentType, deliveryId, sha256 }: Stamp) => ({
  ContentType: contentType,
  Metadata: { 'waybill-delivery': deliveryId, 'waybill-sha256': sha256 },
});

/** An ETag without its quotes, which some stores leave out. */
export function plainTag(etag: string | undefined): string {
  return (etag ?? '').replace(/^(W\/)?"|"$/g, '');
}
