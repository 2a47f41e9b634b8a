import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planParts } from '@waybill/domain';
import { LandingFixture, type TestStore } from '@waybill/landing/fixture';
import { BufferPool } from './buffer-pool.ts';
import type { SendFileInput, UploadState } from './send-file-input.ts';
import type { JournalPart, UploadIntent, UploadJournal } from './upload-journal.ts';

const mebi = 1024 ** 2;
/** The smallest that S3 allows: quick tests. */
export const partSize = 5 * mebi;

/** A journal in memory that remembers the order of what it was told. */
export class MemoryJournal implements UploadJournal {
  readonly said: string[] = [];
  readonly rows = new Map<number, JournalPart>();
  uploadId: string | undefined;
  token: string = randomUUID();

  async intent(upload: UploadIntent): Promise<void> {
    this.said.push(`intent ${upload.kind}`);
  }
  async opened(uploadId: string): Promise<void> {
    this.said.push('opened');
    this.uploadId = uploadId;
  }
  async gone(): Promise<{ readonly token: string }> {
    this.said.push('gone');
    this.rows.clear();
    this.token = randomUUID();
    return { token: this.token };
  }
  part(row: JournalPart): void {
    this.said.push(`part ${row.number}`);
    this.rows.set(row.number, row);
  }
  async flush(): Promise<void> {
    this.said.push('flush');
  }

  /** What a restarted process finds in the rows. */
  state(key: string): UploadState {
    const { token, uploadId } = this;
    return { key, token, parts: [...this.rows.values()], ...(uploadId === undefined ? {} : { uploadId }) };
  }
}

/** For tests: files on disk, a landing behind a fault proxy, journals in memory. */
export class TransferFixture {
  readonly #open: FileHandle[] = [];

  private constructor(
    readonly store: LandingFixture,
    private readonly folder: string,
  ) {}

  static async on(store: TestStore): Promise<TransferFixture> {
    return new TransferFixture(
      await LandingFixture.on(store),
      await mkdtemp(join(tmpdir(), 'waybill-transfer-')),
    );
  }

  async file(content: Buffer): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    const path = join(this.folder, randomUUID());
    await writeFile(path, content);
    const handle = await open(path, 'r');
    this.#open.push(handle);
    return { path, handle };
  }

  /** The file as it lies on disk now. */
  read(path: string): Promise<Buffer> {
    return readFile(path);
  }

  /** A transfer's input, ready to be sent or to be changed first. */
  async input(
    content: Buffer,
    options: { readonly key?: string; readonly journal?: MemoryJournal; readonly path?: string } = {},
  ): Promise<SendFileInput & { readonly journal: MemoryJournal; readonly path: string }> {
    const { path, handle } = await this.file(content);
    const journal = options.journal ?? new MemoryJournal();
    const key = options.key ?? `files/${randomUUID()}`;
    return {
      name: 'inbox/film.mp4',
      path,
      handle,
      size: content.byteLength,
      plan: planParts({ size: content.byteLength, partSize }),
      landing: this.store.landing.edge,
      upload: journal.state(key),
      journal,
      pool: new BufferPool(64 * mebi),
      contentType: 'video/mp4',
      signal: new AbortController().signal,
    };
  }

  async close(): Promise<void> {
    for (const handle of this.#open) await handle.close();
    await rm(this.folder, { recursive: true, force: true });
    await this.store.close();
  }
}

export const bytes = (size: number) => randomBytes(size);
export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
