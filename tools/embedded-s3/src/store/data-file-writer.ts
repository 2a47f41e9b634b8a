import type { FileHandle } from 'node:fs/promises';

/** Bytes gathered before they go to the disk: few large writes, while the next bytes come in and are hashed. */
const batchBytes = 1024 * 1024;

/** Writes one data file from front to back. At most two batches are in memory. */
export class DataFileWriter {
  private batch: Buffer[] = [];
  private batched = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    private readonly syncFolder: () => Promise<void>,
  ) {}

  /** A returned promise is to be awaited before the next bytes. The buffer must not change afterwards. */
  write(bytes: Buffer): Promise<void> | undefined {
    this.batch.push(bytes);
    this.batched += bytes.length;
    return this.batched >= batchBytes ? this.flush() : undefined;
  }

  /** Resolves when every byte, and the file's name, is on the disk. */
  async finish(): Promise<void> {
    await this.flush();
    await this.writing;
    await this.handle.sync();
    await this.handle.close();
    await this.syncFolder();
  }

  /** Lets go of the file after a failure; the caller discards it. */
  async abandon(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.handle.close();
  }

  /** Waits for the batch before this one, then starts this one and leaves it running. */
  private async flush(): Promise<void> {
    await this.writing;
    const batch = this.batch;
    this.batch = [];
    this.batched = 0;
    this.writing = this.writeAll(batch);
    // A failure shows at the next await of it; until then it must not count as unhandled.
    this.writing.catch(() => undefined);
  }

  private async writeAll(batch: readonly Buffer[]): Promise<void> {
    if (batch.length === 0) return;
    const expected = batch.reduce((sum, bytes) => sum + bytes.length, 0);
    const { bytesWritten } = await this.handle.writev(batch);
    if (bytesWritten === expected) return;
    // A short write: the disk is nearly full, or a signal came. Writing the rest tells which.
    await this.handle.writeFile(Buffer.concat(batch).subarray(bytesWritten));
  }
}
