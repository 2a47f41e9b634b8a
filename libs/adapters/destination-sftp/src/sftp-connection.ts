import { stopped } from '@waybill/content';
import type { Socket } from 'node:net';
import { AdapterError } from '@waybill/contract';
import type { Client, SFTPWrapper } from 'ssh2';
import { statusOf } from './sftp-error.ts';

export type Done<T> = (error: Error | null | undefined, value?: T) => void;
export type Ask<T> = (sftp: SFTPWrapper, done: Done<T>) => void;

interface Pending {
  readonly sentAt: number;
  reject(error: Error): void;
}

/**
 * One SSH connection with one SFTP channel, used by one parcel at a time. ssh2 itself has no deadline for a request and
 * leaves requests unanswered when a socket goes away; here every request settles: by its answer, by `silence`
 * milliseconds without any answer while one is due, by the end of the connection, or by the caller's signal.
 *
 * The deadline counts from the last answer and not from the request, so that a slow line with many writes in flight is
 * not taken for a dead one.
 */
export class SftpConnection {
  private readonly pending = new Set<Pending>();
  private broken: AdapterError | undefined;
  private watchdog: NodeJS.Timeout | undefined;
  private heardAt = performance.now();

  constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    readonly sftp: SFTPWrapper,
    readonly where: string,
    private readonly silence: number,
  ) {
    const ended = (reason: string) => (error?: unknown) =>
      this.fail(
        new AdapterError('unreachable', `${where}: ${reason}.`, error === undefined ? {} : { cause: error }),
      );
    client.on('error', ended('the connection broke'));
    client.on('close', () => ended('the server ended the connection')());
    sftp.on('error', ended('the server broke the SFTP protocol'));
    sftp.on('close', () => ended('the server ended the SFTP session')());
  }

  get usable(): boolean {
    return this.broken === undefined;
  }

  /** Milliseconds since the server last answered. */
  get quietFor(): number {
    return performance.now() - this.heardAt;
  }

  /** Sends one request. Rejects with the server's status error as ssh2 gives it, or with an AdapterError when no answer came. */
  request<T>(ask: Ask<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.broken !== undefined) return reject(this.broken);
      if (signal.aborted) return reject(stopped(this.where, signal));
      const settle = () => {
        this.pending.delete(entry);
        signal.removeEventListener('abort', onAbort);
      };
      const entry: Pending = {
        sentAt: performance.now(),
        reject: error => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => entry.reject(stopped(this.where, signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.pending.add(entry);
      this.watch();
      try {
        ask(this.sftp, (error, value) => {
          // A request that ssh2 gives up has no status code: the channel is gone.
          if (error && statusOf(error) === undefined) {
            return this.fail(
              new AdapterError('unreachable', `${this.where}: the connection ended before the answer came.`, {
                cause: error,
              }),
            );
          }
          this.heardAt = performance.now();
          if (!this.pending.has(entry)) return;
          settle();
          if (error) reject(error);
          else resolve(value as T);
        });
      } catch (error) {
        entry.reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Ends the connection at once; what is unanswered rejects. */
  destroy(): void {
    this.fail(new AdapterError('unreachable', `${this.where}: the connection was closed.`));
  }

  /** Says goodbye and ends the connection; waits for nothing. */
  end(): void {
    this.client.end();
    this.destroy();
  }

  private fail(error: AdapterError): void {
    if (this.broken !== undefined) return;
    this.broken = error;
    clearTimeout(this.watchdog);
    this.watchdog = undefined;
    for (const entry of [...this.pending]) entry.reject(error);
    this.socket.destroySoon();
    // A black-holed peer never takes the last bytes: do not wait for it.
    setTimeout(() => this.socket.destroy(), 200).unref();
  }

  private watch(): void {
    if (this.watchdog !== undefined) return;
    const oldest = this.pending.values().next().value;
    if (oldest === undefined) return;
    const due = Math.max(this.heardAt, oldest.sentAt) + this.silence;
    this.watchdog = setTimeout(
      () => {
        this.watchdog = undefined;
        if (performance.now() < due || this.moved(due)) return this.watch();
        this.fail(
          new AdapterError(
            'unreachable',
            `${this.where}: no answer for ${this.silence / 1000} s; the server or the network between is stuck.`,
          ),
        );
      },
      Math.max(1, Math.ceil(due - performance.now())),
    );
  }

  /** Whether the deadline that a timer was set for has moved on, or nothing waits any more. */
  private moved(due: number): boolean {
    const oldest = this.pending.values().next().value;
    return oldest === undefined || Math.max(this.heardAt, oldest.sentAt) + this.silence > due;
  }
}
