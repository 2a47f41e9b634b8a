import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AdapterError } from '@waybill/contract';
import type { ByteRange } from '@waybill/contract';
import { listen, stopped } from './abortable.ts';
import { fileFailure } from './file-failure.ts';

const chunkBytes = 256 * 1024;

/**
 * The bytes [start, end) of an open file; owns the handle and closes it. Node's own file stream ends in silence when the file
 * was cut short meanwhile; this one fails.
 */
export class RangeStream extends Readable {
  private position: number;
  private readonly onAbort: () => void;

  constructor(
    private readonly handle: FileHandle,
    private readonly range: ByteRange,
    private readonly source: { readonly name: string; readonly key: string },
    private readonly signal: AbortSignal,
  ) {
    super({ highWaterMark: chunkBytes });
    this.position = range.start;
    this.onAbort = () => this.destroy(stopped(source.name, signal));
    listen(signal, this.onAbort);
    if (signal.aborted) this.onAbort();
  }

  override _read(): void {
    const wanted = Math.min(chunkBytes, this.range.end - this.position);
    if (wanted <= 0) {
      this.push(null);
      return;
    }
    this.handle.read(Buffer.allocUnsafe(wanted), 0, wanted, this.position).then(
      ({ bytesRead, buffer }) => {
        if (bytesRead === 0) {
          this.destroy(this.cutShort());
          return;
        }
        this.position += bytesRead;
        this.push(buffer.subarray(0, bytesRead));
      },
      (failure: unknown) => {
        this.destroy(fileFailure(this.source.name, `the file ${this.source.key} cannot be read`, failure));
      },
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.handle.close().then(
      () => {
        callback(error);
      },
      (failure: unknown) => {
        callback(
          error ?? fileFailure(this.source.name, `the file ${this.source.key} cannot be closed`, failure),
        );
      },
    );
  }

  private cutShort(): AdapterError {
    return new AdapterError(
      'source-changed',
      `source ${this.source.name}: ${this.source.key} was cut short to ${this.position.toString()} bytes while it was read.`,
    );
  }
}
