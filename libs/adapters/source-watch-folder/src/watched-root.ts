import { stat } from 'node:fs/promises';
import { AdapterError } from '@waybill/contract';
import { abortable } from './abortable.ts';
import { fileFailure, isGone } from './file-failure.ts';

/**
 * The folder at the top of a source. Its device is remembered from the first time it was seen: a disk that is no longer
 * mounted leaves an empty folder of another device behind, and that is "unreachable", not "empty".
 */
export class WatchedRoot {
  private device: bigint | undefined;

  constructor(
    private readonly name: string,
    readonly path: string,
  ) {}

  /** Rejects unless the folder is there, on the device it was on before. */
  async check(signal: AbortSignal): Promise<void> {
    const stats = await abortable(this.name, signal, stat(this.path, { bigint: true })).catch(
      (failure: unknown) => {
        throw isGone(failure) ? this.absent('is not there', failure) : this.failed(failure);
      },
    );
    if (!stats.isDirectory()) throw this.absent('is not a folder');
    this.device ??= stats.dev;
    if (stats.dev !== this.device) {
      throw this.absent('is on another device than before, as if its disk were no longer mounted');
    }
  }

  private absent(how: string, cause?: unknown): AdapterError {
    return new AdapterError(
      'unreachable',
      `source ${this.name}: the folder ${this.path} ${how}; mount or create it, or correct "path".`,
      cause === undefined ? {} : { cause },
    );
  }

  private failed(failure: unknown): AdapterError {
    return fileFailure(this.name, `the folder ${this.path} cannot be looked at`, failure);
  }
}
