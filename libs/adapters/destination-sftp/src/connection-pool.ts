import { ownSignal } from '@waybill/content';
import { setMaxListeners } from 'node:events';
import { AdapterError } from '@waybill/contract';
import { openConnection, type Endpoint } from './open-connection.ts';
import type { SftpConnection } from './sftp-connection.ts';
import { SftpSession } from './sftp-session.ts';

/** A connection that answered this recently is reused without asking. */
const freshFor = 500;
const longestHealthCheck = 5_000;

/**
 * Connections made when there is work and not before, kept while there is more, closed after `timeouts.idle`
 * milliseconds without any. Each is lent to one parcel at a time.
 */
export class ConnectionPool {
  private readonly idle: { connection: SftpConnection; closing: NodeJS.Timeout }[] = [];
  private readonly all = new Set<SftpConnection>();
  private readonly closed = new AbortController();

  constructor(readonly endpoint: Endpoint) {
    setMaxListeners(0, this.closed.signal);
  }

  /** A connection that answers now. */
  async borrow(signal: AbortSignal): Promise<SftpConnection> {
    for (let kept = this.idle.pop(); kept !== undefined; kept = this.idle.pop()) {
      clearTimeout(kept.closing);
      if (await this.answers(kept.connection, signal)) return kept.connection;
      this.discard(kept.connection);
    }
    return this.connect(signal);
  }

  /** A new connection, whatever is idle: after a loss the others are suspect. */
  async connect(signal: AbortSignal): Promise<SftpConnection> {
    if (this.closed.signal.aborted) {
      throw new AdapterError('unreachable', `${this.endpoint.where}: this destination was closed.`);
    }
    const either = ownSignal([signal, this.closed.signal]);
    const connection = await openConnection(this.endpoint, either.signal).finally(either.release);
    this.all.add(connection);
    if (this.closed.signal.aborted) this.discard(connection);
    return connection;
  }

  /** Takes a connection back; one that broke is dropped. */
  giveBack(connection: SftpConnection): void {
    if (!connection.usable || this.closed.signal.aborted) return this.discard(connection);
    const closing = setTimeout(() => {
      const at = this.idle.findIndex(kept => kept.connection === connection);
      if (at >= 0) this.idle.splice(at, 1);
      this.discard(connection);
    }, this.endpoint.config.timeouts.idle);
    this.idle.push({ connection, closing });
  }

  discard(connection: SftpConnection): void {
    this.all.delete(connection);
    connection.end();
  }

  /** Ends every connection, lent ones too. Repeatable. */
  close(): void {
    this.closed.abort();
    for (const kept of this.idle.splice(0)) clearTimeout(kept.closing);
    for (const connection of [...this.all]) this.discard(connection);
  }

  private async answers(connection: SftpConnection, signal: AbortSignal): Promise<boolean> {
    if (!connection.usable) return false;
    if (connection.quietFor < freshFor) return true;
    const patience = Math.min(longestHealthCheck, this.endpoint.config.timeouts.request);
    const check = ownSignal(signal, patience);
    try {
      await new SftpSession(connection, check.signal).realpath('.');
      return true;
    } catch (error) {
      // Not answering is this check's result, not an error: the caller connects anew. Only the caller's own stop is told.
      if (signal.aborted) throw error;
      return false;
    } finally {
      check.release();
    }
  }
}
