import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { S3Error } from '../s3-error.ts';
import type { FolderSync } from './folder-sync.ts';
import { publishJson, readJson } from './json-files.ts';
import type { Layout } from './layout.ts';
import { manifest } from './manifest.ts';
import { ObjectIndex } from './object-index.ts';

const bucketFile = z.strictObject({ created: z.number() });

export interface Bucket {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly index: ObjectIndex;
}

/** How many manifests are read at once at the start. */
const readers = 16;

/** The buckets, each with its index. */
export class Buckets {
  private readonly byName = new Map<string, Bucket>();

  constructor(
    private readonly layout: Layout,
    private readonly folders: FolderSync,
  ) {}

  /** Reads every bucket and manifest. Returns the data files that they name. */
  async load(): Promise<readonly string[]> {
    const named: string[] = [];
    for (const name of await readdir(this.layout.buckets)) {
      const names = await readdir(this.layout.bucket(name));
      // A kill between mkdir and bucket.json: the client was never told that the bucket exists.
      if (!names.includes('bucket.json')) continue;
      const { created } = await readJson(join(this.layout.bucket(name), 'bucket.json'), bucketFile);
      const index = new ObjectIndex();
      const files = await readdir(this.layout.objects(name));
      const manifests: z.infer<typeof manifest>[] = [];
      await Promise.all(
        Array.from({ length: readers }, async () => {
          for (let file = files.pop(); file !== undefined; file = files.pop()) {
            manifests.push(await readJson(join(this.layout.objects(name), file), manifest));
          }
        }),
      );
      index.fill(manifests);
      for (const { parts } of manifests) for (const { file } of parts) named.push(file);
      this.byName.set(name, { name, created, index });
    }
    return named;
  }

  list(): readonly Bucket[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws NoSuchBucket. */
  get(name: string): Bucket {
    const bucket = this.byName.get(name);
    if (bucket !== undefined) return bucket;
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist.', { BucketName: name });
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** Throws InvalidBucketName, BucketAlreadyOwnedByYou. */
  async create(name: string): Promise<void> {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
      throw new S3Error('InvalidBucketName', `The specified bucket is not valid: ${name}.`);
    }
    if (this.byName.has(name)) {
      throw new S3Error(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { BucketName: name },
      );
    }
    const bucket: Bucket = { name, created: Date.now(), index: new ObjectIndex() };
    await mkdir(this.layout.objects(name), { recursive: true });
    const path = join(this.layout.bucket(name), 'bucket.json');
    await publishJson(path, { created: bucket.created }, this.layout.temporary, this.folders);
    await this.folders.sync(this.layout.buckets);
    this.byName.set(name, bucket);
  }
}
