import type { ConnectionPool } from './connection-pool.ts';
import type { SftpConnection } from './sftp-connection.ts';
import { SftpSession } from './sftp-session.ts';

/** The connection that one parcel holds: borrowed at its first need, replaced when it broke, given back at the end. */
export class ConnectionLease {
  private held: SftpConnection | undefined;

  constructor(private readonly pool: ConnectionPool) {}

  get usable(): boolean {
    return this.held?.usable ?? false;
  }

  async session(signal: AbortSignal): Promise<SftpSession> {
    this.held ??= await this.pool.borrow(signal);
    return new SftpSession(this.held, signal);
  }

  /** A session on a new connection in place of the one held. */
  async renew(signal: AbortSignal): Promise<SftpSession> {
    this.drop();
    this.held = await this.pool.connect(signal);
    return new SftpSession(this.held, signal);
  }

  drop(): void {
    if (this.held !== undefined) this.pool.discard(this.held);
    this.held = undefined;
  }

  release(): void {
    if (this.held !== undefined) this.pool.giveBack(this.held);
    this.held = undefined;
  }
}
