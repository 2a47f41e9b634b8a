import type { FinalizerLanding } from '@waybill/landing';
import { metadataKey } from '@waybill/domain';
import {
  assetSets,
  claimForFinalizer,
  completeAssets,
  endUploads,
  findAssets,
  releaseAssets,
  SetWriter,
  type AssetRecord,
  type AssetSets,
  type Database,
  type FinishedAsset,
  type FrozenRoute,
  type HeldUpload,
  RowError,
} from '@waybill/state';
import { failureMove } from './finalize-failure.ts';
import { isMedia } from './media-type.ts';
import { metadataDocument } from './metadata-document.ts';
import { frozenRoute } from './frozen-route.ts';
import { owedDeliveries } from './owed-deliveries.ts';
import { proveObject, sentUpload, type SentUpload } from './prove-object.ts';
import { rejectedMove, wasRejectedBefore } from './rejected-parts.ts';

export interface FinalizerOptions {
  readonly db: Database;
  readonly landing: FinalizerLanding;
  /** The landing's name in the rows: an asset of another landing is not ours to touch. */
  readonly landingName: string;
  readonly actor: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly log: { warn(sentence: string, error?: unknown, facts?: Readonly<Record<string, unknown>>): void };
  /** These destinations have work now. */
  readonly onOwed: () => void;
  /** This asset has to be sent again by its node. */
  readonly onReturned: (node: string) => void;
}

/** Takes sent files to `completed`: proves the object, writes its metadata, creates its deliveries. One call a file. */
export class Finalizer {
  private readonly sets: AssetSets;
  private readonly finishing: SetWriter<FinishedAsset, void>;
  private readonly ended: SetWriter<HeldUpload, void>;
  private readonly reread: SetWriter<string, AssetRecord>;

  constructor(private readonly options: FinalizerOptions) {
    const { db, onOwed } = options;
    this.sets = assetSets(db);
    this.finishing = new SetWriter(async finished => {
      const woken = await completeAssets(db, finished);
      if (woken.size > 0) onOwed();
      return () => undefined;
    });
    this.ended = new SetWriter(async uploads => {
      await endUploads(db, uploads, 'completed');
      return () => undefined;
    });
    this.reread = new SetWriter(ids => rowsById(db, ids));
  }

  claim(limit: number): Promise<AssetRecord[]> {
    const { db, owner, leaseMs } = this.options;
    return claimForFinalizer(db, { owner, limit, leaseMs });
  }

  async giveBack(assets: readonly AssetRecord[]): Promise<void> {
    await releaseAssets(this.options.db, assets);
  }

  /** Finalizes one claimed file. Rejects only when its row could not be written; its lease then ends by itself. */
  async finalize(asset: AssetRecord, signal: AbortSignal): Promise<void> {
    let stage: 'finalize' | 'metadata' = asset.state === 's3_completed' ? 'metadata' : 'finalize';
    try {
      const sent = await this.sentUploadOf(asset);
      if (stage === 'finalize') {
        if (!(await this.prove(asset, sent, signal))) return;
        stage = 'metadata';
      }
      // What the metadata tells is what Postgres holds, so the row is read again once it says that the object is proven.
      const proven = asset.state === 's3_completed' ? asset : await this.reread.add(asset.id);
      await this.describe(proven, sent, signal);
    } catch (error) {
      if (signal.aborted) return this.giveBack([asset]);
      const move = failureMove(asset, stage, this.options.actor, error, Math.random());
      this.options.log.warn(`${move.trouble?.message} ${move.trouble?.nextStep}`, error, {
        assetId: asset.id,
        transition: move.transition,
      });
      await this.sets.move(move);
    }
  }

  private async sentUploadOf(asset: AssetRecord): Promise<SentUpload | undefined> {
    if (asset.landing !== this.options.landingName) {
      throw new RowError(
        `${asset.landingKey} lies in the landing ${asset.landing}, and this finalizer works on ${this.options.landingName}.`,
        `Give the landing in the configuration its name ${asset.landing} back; then this goes on by itself.`,
        true,
      );
    }
    return sentUpload(this.sets, asset);
  }

  /** True when the row says `s3_completed` and is still ours. */
  private async prove(
    asset: AssetRecord,
    sent: SentUpload | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const proof =
      sent === undefined
        ? { outcome: 'not-there' as const, reason: 'No upload of it is recorded.' }
        : await proveObject(this.options.landing, asset, sent, signal);
    const { actor } = this.options;
    if (proof.outcome === 'not-there') {
      await this.sendBack(asset, sent, proof.reason);
      return false;
    }
    const { etag, size, proofLevel, checksum } = proof.object;
    const moved = await this.sets.move({
      id: asset.id,
      transition: 'proven',
      fence: asset.fence,
      patch: { landing_size: size, landing_etag: etag, landing_proof: proofLevel, attempts: 0 },
      trouble: null,
      release: false,
      events: [
        {
          kind: 'landed',
          actor,
          detail: {
            landing: asset.landing,
            key: asset.landingKey,
            size,
            etag,
            proofLevel,
            checksum: checksum ?? null,
            sha256: asset.sha256,
          },
        },
      ],
    });
    if (moved && sent !== undefined) await this.ended.add({ id: sent.upload.id, fence: asset.fence });
    return moved;
  }

  private async sendBack(asset: AssetRecord, sent: SentUpload | undefined, reason: string): Promise<void> {
    const { db, actor, log, onReturned } = this.options;
    // What stands in the store may be of use once: the edge compares it part by part with the file.
    if (sent !== undefined && wasRejectedBefore(asset))
      await endUploads(db, [{ id: sent.upload.id, fence: asset.fence }], 'abandoned');
    const move = rejectedMove(asset, actor, reason, Math.random());
    log.warn(`${move.trouble?.message} ${move.trouble?.nextStep}`, undefined, { assetId: asset.id });
    if (await this.sets.move(move)) onReturned(asset.node);
  }

  private async describe(
    asset: AssetRecord,
    sent: SentUpload | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { landing, actor } = this.options;
    const route = frozenRoute(asset);
    const events = [];
    if (wantsMetadata(route, asset.contentType)) {
      const document = metadataDocument(asset, sent);
      const { etag } = await landing.putJson(metadataKey(asset.landingKey), document, signal);
      events.push({ kind: 'described', actor, detail: { key: metadataKey(asset.landingKey), etag } });
    }
    const deliveries = owedDeliveries(asset, route);
    events.push({ kind: 'completed', actor, detail: { deliveries: deliveries.length } });
    await this.finishing.add({
      move: {
        id: asset.id,
        transition: 'complete',
        fence: asset.fence,
        trouble: null,
        patch: { attempts: 0 },
        dueInMs: null,
        events,
      },
      size: asset.size,
      priority: asset.priority,
      actor,
      deliveries,
    });
  }
}

function wantsMetadata({ metadata }: FrozenRoute, contentType: string): boolean {
  return metadata === 'always' || (metadata === 'media' && isMedia(contentType));
}

async function rowsById(db: Database, ids: readonly string[]): Promise<(id: string) => AssetRecord> {
  const found = await findAssets(db, ids);
  return id => {
    const row = found.get(id);
    if (row === undefined) throw new Error(`the asset ${id} is gone from the database`);
    return row;
  };
}
