import {
  claimForEdge,
  recordAssetProgress,
  releaseAssets,
  type AssetProgress,
  type AssetRecord,
  RowError,
} from '@waybill/state';
import type { EdgeLog, EdgeSource } from './edge-source.ts';
import type { TransferProgress } from '@waybill/transfer';
import { receiveFile, type ReceivePlace } from './receive-file.ts';
import { failureMove } from './receive-failure.ts';
import { LostAssetError } from './state-journal.ts';
import { streamFile } from './stream-file.ts';

export interface ReceiverOptions extends ReceivePlace {
  readonly node: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly log: EdgeLog;
  /** A file was sent: the finalizer has work. */
  readonly onSent: (assetId: string) => void;
  /** A file was given back to its source: list it again. */
  readonly onRelisted: (source: string, identity: string) => void;
}

/** Claims what is due at this edge and receives it, one call a file; every outcome ends in the row. */
export class Receiver {
  private readonly sources: ReadonlyMap<string, EdgeSource>;
  private readonly growingSources: readonly string[];
  private readonly moving = new Map<string, AssetProgress>();
  private readonly told = new Map<string, AssetProgress>();

  constructor(
    private readonly options: ReceiverOptions,
    sources: readonly EdgeSource[],
  ) {
    this.sources = new Map(sources.map(source => [source.name, source]));
    this.growingSources = sources.filter(source => source.streamFrom !== undefined).map(({ name }) => name);
  }

  /** Claims finished files, or, with `growing`, files that are to be sent while they grow. */
  claim(limit: number, growing = false): Promise<AssetRecord[]> {
    const { db, node, owner, leaseMs } = this.options;
    const { growingSources } = this;
    return claimForEdge(db, node, { owner, limit, leaseMs, growing, growingSources });
  }

  async giveBack(assets: readonly AssetRecord[]): Promise<void> {
    await releaseAssets(this.options.db, assets);
  }

  /** Receives one claimed file. Rejects only when its row could not be written; its lease then ends by itself. */
  async receive(asset: AssetRecord, signal: AbortSignal): Promise<void> {
    const source = this.sources.get(asset.source);
    try {
      if (source === undefined)
        throw new RowError(
          `${asset.source}: ${asset.sourceKey} waits, because this edge's configuration has no source ${asset.source}.`,
          `Put the source ${asset.source} back into the configuration, or abort the asset.`,
        );
      const onProgress = (progress: TransferProgress) => this.note(asset, progress);
      if (asset.verdict === null && source.streamFrom !== undefined)
        await streamFile({ place: this.options, source, asset, onProgress, signal });
      else await receiveFile(this.options, source, asset, onProgress, signal);
      this.options.onSent(asset.id);
    } catch (error) {
      await this.settle(asset, error, signal);
    } finally {
      this.moving.delete(asset.id);
      this.told.delete(asset.id);
    }
  }

  /** Writes the progress of all moving files in one statement. */
  async tellProgress(): Promise<void> {
    const changed = [...this.moving.values()].filter(
      progress => this.told.get(progress.id)?.bytesSent !== progress.bytesSent,
    );
    changed.forEach(progress => this.told.set(progress.id, progress));
    await recordAssetProgress(this.options.db, changed);
  }

  private note(
    asset: AssetRecord,
    { bytesRead, bytesSent, partsSent }: { bytesRead: number; bytesSent: number; partsSent: number },
  ) {
    // A growing file is read once more when it stands still: what was sent stays sent.
    const before = this.moving.get(asset.id);
    this.moving.set(asset.id, {
      id: asset.id,
      fence: asset.fence,
      bytesReceived: Math.max(bytesRead, before?.bytesReceived ?? 0),
      bytesSent: Math.max(bytesSent, before?.bytesSent ?? 0),
      parts: Math.max(partsSent, before?.parts ?? 0),
    });
  }

  private async settle(asset: AssetRecord, error: unknown, signal: AbortSignal): Promise<void> {
    const { log, actor, sets, onRelisted } = this.options;
    if (error instanceof LostAssetError) return;
    if (signal.aborted) return this.giveBack([asset]);
    const move = failureMove(asset, actor, error, Math.random());
    const sentence =
      move.trouble?.message ??
      `${error instanceof Error ? error.message : String(error)} It is listed again and waited for.`;
    log.warn(`${sentence} ${move.trouble?.nextStep ?? ''}`.trim(), error, {
      assetId: asset.id,
      transition: move.transition,
    });
    await sets.move(move);
    if (move.transition === 'relist') onRelisted(asset.source, asset.identity);
  }
}
