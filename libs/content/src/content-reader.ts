import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AdapterError, type Content } from '@waybill/contract';
import { stopped } from './stopped.ts';

/** What was read of a content. */
export interface ReadSoFar {
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads a content once and keeps its length and digest; ends at once when `signal` aborts, even if the content stands still. */
export class ContentReader {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly where: string,
    private readonly content: Content,
    private readonly signal: AbortSignal,
  ) {}

  /** The content's bytes in order. Rejects `content-failed` when it ends early or breaks, `content-mismatch` when there are more. */
  async *chunks(): AsyncGenerator<Buffer> {
    const stream = await this.open();
    // An error while nobody reads is told by the loop below; without a listener it would end the process.
    stream.on('error', () => undefined);
    const iterator = (stream as AsyncIterable<Buffer | string>)[Symbol.asyncIterator]();
    try {
      for (;;) {
        // Raced, because a stream that stands still may not even end when it is destroyed.
        const next = await this.unlessStopped(iterator.next());
        if (next.done === true) break;
        const bytes = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
        this.bytes += bytes.length;
        this.hash.update(bytes);
        if (this.bytes > this.content.size) {
          throw this.mismatch(`it has more than the ${this.content.size} bytes that it should have`);
        }
        yield bytes;
      }
    } catch (error) {
      throw this.failed(error);
    } finally {
      stream.destroy();
    }
    if (this.bytes < this.content.size) {
      throw new AdapterError(
        'content-failed',
        `${this.where}: the content ended after ${this.bytes} of ${this.content.size} bytes.`,
      );
    }
  }

  /** Length and digest of what was read; rejects `content-mismatch` when the digest is not the content's. */
  finish(): ReadSoFar {
    const sha256 = this.hash.digest('hex');
    if (sha256 !== this.content.sha256) {
      throw this.mismatch(`its SHA-256 is ${sha256} and should be ${this.content.sha256}`);
    }
    return { bytes: this.bytes, sha256 };
  }

  /** Opens the content; when the signal aborts first, the stream that may still come is let go. */
  private async open(): Promise<Readable> {
    const opening = this.content.open(0, this.signal);
    try {
      return await this.unlessStopped(opening);
    } catch (error) {
      opening.then(
        late => late.destroy(),
        () => undefined,
      );
      throw this.failed(error);
    }
  }

  private unlessStopped<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const stop = () => reject(stopped(this.where, this.signal));
      if (this.signal.aborted) stop();
      else this.signal.addEventListener('abort', stop, { once: true });
      promise.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', stop));
    });
  }

  private failed(error: unknown): AdapterError {
    if (error instanceof AdapterError) return error;
    return new AdapterError(
      'content-failed',
      `${this.where}: the content could not be read (${error instanceof Error ? error.message : String(error)}).`,
      {
        cause: error,
      },
    );
  }

  private mismatch(what: string): AdapterError {
    return new AdapterError(
      'content-mismatch',
      `${this.where}: the content is not what it should be: ${what}.`,
    );
  }
}
