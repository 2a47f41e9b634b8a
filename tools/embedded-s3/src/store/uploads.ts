import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../s3-error.ts';
import type { DataFiles } from './data-files.ts';
import type { FolderSync } from './folder-sync.ts';
import { publishJson, readJson } from './json-files.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { Layout } from './layout.ts';
import { uploadedPart, uploadIntent } from './manifest.ts';
import type { UploadedPart, UploadIntent } from './manifest.ts';

export interface Upload extends UploadIntent {
  readonly parts: ReadonlyMap<number, UploadedPart>;
}
interface OpenUpload extends Upload {
  readonly parts: Map<number, UploadedPart>;
}

/** Multipart uploads under way, held in memory and on disk alike. */
export class Uploads {
  private readonly byId = new Map<string, OpenUpload>();
  private readonly locks = new KeyedLock();

  constructor(
    private readonly layout: Layout,
    private readonly folders: FolderSync,
    private readonly data: DataFiles,
  ) {}

  /** Reads every upload; `isDone` names those whose object stands already and that only a kill left behind. */
  async load(isDone: (upload: UploadIntent) => Promise<boolean>): Promise<readonly string[]> {
    const named: string[] = [];
    for (const id of await readdir(this.layout.uploads)) {
      const names = await readdir(this.layout.upload(id));
      // Without upload.json the client was never told the id.
      if (!names.includes('upload.json')) {
        await this.removeFolder(id);
        continue;
      }
      const intent = await readJson(join(this.layout.upload(id), 'upload.json'), uploadIntent);
      if (await isDone(intent)) {
        await this.removeFolder(id);
        continue;
      }
      const upload: OpenUpload = { ...intent, parts: new Map() };
      for (const name of names.filter(other => other !== 'upload.json')) {
        const part = await readJson(join(this.layout.upload(id), name), uploadedPart);
        upload.parts.set(part.number, part);
        named.push(part.file);
      }
      this.byId.set(id, upload);
    }
    return named;
  }

  async begin(intent: Omit<UploadIntent, 'id' | 'initiated'>): Promise<Upload> {
    const initiated = Date.now();
    // Listings go by id within a key: with the time in front that is by age.
    const id = initiated.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
    const upload: OpenUpload = { ...intent, id, initiated, parts: new Map() };
    const { parts: _none, ...stored } = upload;
    await mkdir(this.layout.upload(id));
    const path = join(this.layout.upload(id), 'upload.json');
    await publishJson(path, stored, this.layout.temporary, this.folders);
    await this.folders.sync(this.layout.uploads);
    this.byId.set(id, upload);
    return upload;
  }

  /** The upload `id` of this key; undefined when it is not, or no longer, under way. */
  find(bucket: string, key: string, id: string): Upload | undefined {
    const upload = this.byId.get(id);
    return upload?.bucket === bucket && upload.key === key ? upload : undefined;
  }

  /** Throws NoSuchUpload. */
  get(bucket: string, key: string, id: string): Upload {
    const upload = this.find(bucket, key, id);
    if (upload !== undefined) return upload;
    throw noSuchUpload(id);
  }

  list(bucket: string): readonly Upload[] {
    return [...this.byId.values()].filter(upload => upload.bucket === bucket);
  }

  /** Takes a part in; one of the same number goes. Throws NoSuchUpload when the upload ended meanwhile. */
  addPart(id: string, part: UploadedPart): Promise<void> {
    return this.locks.run(id, async () => {
      const upload = this.byId.get(id);
      if (upload === undefined) throw noSuchUpload(id);
      const path = join(this.layout.upload(id), `${String(part.number).padStart(5, '0')}.json`);
      await publishJson(path, part, this.layout.temporary, this.folders);
      const before = upload.parts.get(part.number);
      upload.parts.set(part.number, part);
      if (before !== undefined) await this.data.discard([before.file]);
    });
  }

  /**
   * Ends an upload: `publish` makes the object and returns the data files that it took over; the others go.
   * Throws NoSuchUpload. When `publish` throws, the upload stays as it was.
   */
  end(id: string, publish: (upload: Upload) => Promise<readonly string[]>): Promise<void> {
    return this.locks.run(id, async () => {
      const upload = this.byId.get(id);
      if (upload === undefined) throw noSuchUpload(id);
      const taken = new Set(await publish(upload));
      this.byId.delete(id);
      await this.removeFolder(id);
      await this.data.discard(
        [...upload.parts.values()].map(part => part.file).filter(file => !taken.has(file)),
      );
    });
  }

  /** Moved aside first, so that a kill leaves no upload with half its parts. */
  private async removeFolder(id: string): Promise<void> {
    const aside = join(this.layout.temporary, `upload-${id}`);
    await rename(this.layout.upload(id), aside);
    await this.folders.sync(this.layout.uploads);
    await rm(aside, { recursive: true, force: true });
  }
}

const noSuchUpload = (id: string): S3Error =>
  new S3Error(
    'NoSuchUpload',
    'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  );
