import { ownSignal } from '@waybill/content';
import {
  AdapterError,
  type AdapterContext,
  type DestinationAdapter,
  type DestinationDescriptor,
  type Parcel,
  type Progress,
  type Receipt,
  type StoredObject,
} from '@waybill/contract';
import { ConnectionLease } from './connection-lease.ts';
import { ConnectionPool } from './connection-pool.ts';
import { parseHostKey } from './host-keys.ts';
import { ParcelDelivery } from './parcel-delivery.ts';
import { probeDirectory } from './probing.ts';
import { remotePath } from './remote-path.ts';
import { sftpConfig, type SftpConfig } from './sftp-config.ts';
import { answerError } from './sftp-error.ts';
import { isFolder, type SftpSession } from './sftp-session.ts';

/**
 * Files on an SFTP server. Each is uploaded as `.waybill-<delivery>-<fence>.part` beside its final name, made durable where
 * the server can, checked, and renamed. Connections exist only while there is work.
 */
class SftpDestination implements DestinationAdapter {
  readonly maxInFlight: number;

  constructor(
    private readonly config: SftpConfig,
    private readonly where: string,
    private readonly pool: ConnectionPool,
  ) {
    this.maxInFlight = config.concurrency;
  }

  async probe(signal: AbortSignal): Promise<void> {
    await this.withSession(signal, session => probeDirectory(session, this.where, this.config.directory));
  }

  async deliver(parcel: Parcel, report: Progress, signal: AbortSignal): Promise<readonly Receipt[]> {
    return this.withLease(signal, (lease, own) =>
      new ParcelDelivery(lease, this.config, this.where, report, own).run(parcel),
    );
  }

  async inspect(key: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    const path = remotePath(this.config.directory, key);
    const found = await this.withSession(signal, session =>
      session.stat(path).catch((error: unknown) => {
        throw answerError(this.where, `look at ${path}`, error);
      }),
    );
    if (found === undefined || isFolder(found)) return undefined;
    return { key, size: found.size, modifiedAt: new Date(found.mtime * 1000) };
  }

  async close(): Promise<void> {
    this.pool.close();
  }

  private withSession<T>(signal: AbortSignal, work: (session: SftpSession) => Promise<T>): Promise<T> {
    return this.withLease(signal, async (lease, own) => work(await lease.session(own)));
  }

  private async withLease<T>(
    signal: AbortSignal,
    work: (lease: ConnectionLease, own: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = ownSignal(signal);
    const lease = new ConnectionLease(this.pool);
    try {
      return await work(lease, own.signal);
    } catch (error) {
      // After a stop, answers of the old work may still be on their way: that connection is not lent again.
      if (signal.aborted) lease.drop();
      throw answerError(this.where, 'finish', error);
    } finally {
      own.release();
      lease.release();
    }
  }
}

/** The `sftp` destination. */
export const sftpDestination = {
  kind: 'sftp',
  title: 'SFTP server',
  config: sftpConfig,
  create(config: SftpConfig, context: AdapterContext): DestinationAdapter {
    const where = `Destination "${context.name}" (sftp://${config.host}:${config.port})`;
    const pins = config.hostKeys.map(line => {
      const key = parseHostKey(line);
      if (typeof key === 'string') throw new AdapterError('unauthorized', `${where}: ${key}`);
      return key;
    });
    const pool = new ConnectionPool({ config, pins, where, reveal: ref => context.reveal(ref) });
    return new SftpDestination(config, where, pool);
  },
} satisfies DestinationDescriptor<typeof sftpConfig>;
