import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What lies on the disk. A development aid's own format: nothing but this package reads it.
 *
 *     embedded-s3.json                       { "format": 1 }
 *     owner.json                             which process serves the folder now (owner.ts)
 *     buckets/<bucket>/bucket.json           { created }
 *     buckets/<bucket>/objects/<h>.json      one object: its manifest; <h> = SHA-256 of the key in hex, so that no key,
 *                                            whatever it holds, ever becomes a path
 *     uploads/<upload id>/upload.json        one multipart upload under way
 *     uploads/<upload id>/<number>.json      one part of it
 *     data/<random id>                       bytes: never changed once written; each named by exactly one manifest or part
 *     tmp/                                   what is being written or taken away
 *
 * Small JSON files are written to tmp/, fsynced, renamed into place, and their folder is fsynced: each is there whole or
 * not at all. Bytes are fsynced in data/ before the JSON that names them appears. So a kill at any moment leaves at worst
 * bytes that nothing names, and those are swept at the next start. Complete writes one manifest that names the parts'
 * files; a copy hard-links them; no byte is moved.
 */
export class Layout {
  readonly buckets: string;
  readonly uploads: string;
  readonly data: string;
  readonly temporary: string;

  constructor(readonly folder: string) {
    this.buckets = join(folder, 'buckets');
    this.uploads = join(folder, 'uploads');
    this.data = join(folder, 'data');
    this.temporary = join(folder, 'tmp');
  }

  async create(): Promise<void> {
    for (const path of [this.buckets, this.uploads, this.data, this.temporary]) {
      await mkdir(path, { recursive: true });
    }
  }

  bucket(bucket: string): string {
    return join(this.buckets, bucket);
  }

  objects(bucket: string): string {
    return join(this.bucket(bucket), 'objects');
  }

  upload(id: string): string {
    return join(this.uploads, id);
  }
}

/** The file name of an object's manifest. */
export const manifestName = (key: string): string =>
  `${createHash('sha256').update(key, 'utf8').digest('hex')}.json`;
