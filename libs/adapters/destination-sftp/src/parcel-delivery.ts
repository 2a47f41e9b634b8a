import { AdapterError, type Parcel, type ParcelItem, type Progress, type Receipt } from '@waybill/contract';
import type { ConnectionLease } from './connection-lease.ts';
import { conflict, publish, resolveLostRename, whatStands } from './publishing.ts';
import { remotePaths } from './remote-path.ts';
import type { SftpConfig } from './sftp-config.ts';
import { answerError, statusOf } from './sftp-error.ts';
import { stage, type Staged } from './staging.ts';
import { removeTemporaries } from './temporary-removal.ts';

/**
 * One parcel, on one connection: every file is staged under its temporary name before the first gets its final one, so
 * that a content that fails leaves nothing of the parcel.
 */
export class ParcelDelivery {
  private readonly temporaries = new Set<string>();

  constructor(
    private readonly lease: ConnectionLease,
    private readonly config: SftpConfig,
    private readonly where: string,
    private readonly report: Progress,
    private readonly signal: AbortSignal,
  ) {}

  async run(parcel: Parcel): Promise<readonly Receipt[]> {
    try {
      const prepared: (Staged | Receipt)[] = [];
      for (const item of parcel.items) prepared.push(await this.prepare(item));
      const receipts: Receipt[] = [];
      for (const one of prepared) receipts.push('paths' in one ? await this.publish(one) : one);
      return receipts;
    } catch (error) {
      const told = answerError(this.where, 'deliver', error);
      const left = await removeTemporaries(this.lease, this.temporaries, this.config, this.signal.aborted);
      if (left === undefined) throw told;
      throw new AdapterError(told.code, `${told.message} ${left}`, { cause: told });
    }
  }

  private async prepare(item: ParcelItem): Promise<Staged | Receipt> {
    const paths = remotePaths(this.config.directory, item);
    const session = await this.lease.session(this.signal);
    const standing = await whatStands(session, this.where, paths, item.content);
    if (standing === 'same') {
      const { size, sha256 } = item.content;
      return {
        deliveryId: item.deliveryId,
        outcome: 'already-present',
        key: item.key,
        size,
        proofLevel: 'destination_reread',
        evidence: { path: paths.final, size, sha256, readBack: true },
      };
    }
    if (standing === 'other' && this.config.overwrite === 'never') throw conflict(this.where, paths.final);
    this.temporaries.add(paths.temporary);
    return stage(session, this.where, item, paths, this.report);
  }

  private async publish(staged: Staged): Promise<Receipt> {
    const { overwrite } = this.config;
    const session = await this.lease.session(this.signal);
    const receipt = await publish(session, this.where, staged, overwrite).catch(async (error: unknown) => {
      const answered = statusOf(error) !== undefined || session.connection.usable;
      if (answered || this.signal.aborted) throw error;
      return resolveLostRename(await this.lease.renew(this.signal), this.where, staged, overwrite);
    });
    this.temporaries.delete(staged.paths.temporary);
    return receipt;
  }
}
