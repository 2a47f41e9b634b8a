import { AdapterError, type DestinationAdapter, type Parcel, type Receipt } from '@waybill/contract';
import type { FinalizerLanding } from '@waybill/landing';
import {
  claimDeliveries,
  databaseReason,
  recordDestinationCondition,
  releaseDeliveries,
  type ClaimedDelivery,
  type Database,
  RowError,
} from '@waybill/state';
import { failureMove } from './delivery-failure.ts';
import type { DeliverySets } from './delivery-sets.ts';

export interface DestinationWorkOptions {
  readonly db: Database;
  readonly sets: DeliverySets;
  readonly landing: FinalizerLanding;
  /** The landing's name in the rows. */
  readonly landingName: string;
  readonly actor: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly log: {
    info(sentence: string, facts?: Readonly<Record<string, unknown>>): void;
    warn(sentence: string, error?: unknown, facts?: Readonly<Record<string, unknown>>): void;
  };
  /** A delivery ended: others of its asset may have waited for it. */
  readonly onDelivered: () => void;
}

/** One destination's deliveries: a dead destination never holds up another one's. */
export class DestinationWork {
  private readonly running = new Map<
    string,
    { readonly id: string; readonly fence: number; bytesSent: number }
  >();
  private condition = '';

  constructor(
    readonly name: string,
    private readonly adapter: DestinationAdapter,
    private readonly options: DestinationWorkOptions,
  ) {}

  get concurrency(): number {
    return this.adapter.maxInFlight;
  }

  claim(limit: number): Promise<ClaimedDelivery[]> {
    const { db, owner, leaseMs } = this.options;
    return claimDeliveries(db, this.name, { owner, limit, leaseMs });
  }

  async giveBack(deliveries: readonly ClaimedDelivery[]): Promise<void> {
    await releaseDeliveries(this.options.db, deliveries);
  }

  /** Delivers one claimed parcel of one file. Rejects only when its row could not be written; its lease then ends by itself. */
  async deliver(delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
    const { actor, log, sets } = this.options;
    try {
      const receipt = await this.send(delivery, signal);
      const recorded = await this.record(delivery, receipt);
      await this.tell({ condition: 'ok', sentence: null, nextStep: null });
      if (recorded) this.options.onDelivered();
    } catch (error) {
      if (signal.aborted) return this.giveBack([delivery]);
      const move = failureMove(delivery, actor, error, Math.random());
      const { code = '', message = '', nextStep = '' } = move.trouble ?? {};
      log.warn(`${message} ${nextStep}`, error, {
        deliveryId: delivery.id,
        assetId: delivery.assetId,
        transition: move.transition,
      });
      await sets.move(move);
      if (isOfDestination(error)) await this.tell({ condition: code, sentence: message, nextStep });
    } finally {
      this.running.delete(delivery.id);
    }
  }

  /** Bytes that the far side acknowledged of each running delivery. */
  progress(): readonly { readonly id: string; readonly fence: number; readonly bytesSent: number }[] {
    return [...this.running.values()];
  }

  close(): Promise<void> {
    return this.adapter.close();
  }

  private async send(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Receipt> {
    const parcel = this.parcelOf(delivery);
    const report = (id: string, bytesSent: number) => {
      this.running.set(id, { id, fence: delivery.fence, bytesSent });
    };
    const [receipt] = await this.adapter.deliver(parcel, report, signal);
    if (receipt?.deliveryId !== delivery.id) {
      throw new Error(`the destination answered without a receipt for it`);
    }
    return receipt;
  }

  private parcelOf(delivery: ClaimedDelivery): Parcel {
    const { landing, landingName } = this.options;
    if (delivery.landing !== landingName) {
      throw new RowError(
        `${delivery.path} can't be delivered to ${this.name}: its object lies in the landing ${delivery.landing}, and this delivery service reads from ${landingName}.`,
        `Give the landing in the configuration its name ${delivery.landing} back; then this goes on by itself.`,
      );
    }
    const content = landing.content({
      key: delivery.landingKey,
      etag: delivery.landingEtag,
      size: delivery.size,
      sha256: delivery.sha256,
      contentType: delivery.contentType,
    });
    return {
      id: delivery.parcelId ?? delivery.id,
      items: [
        {
          deliveryId: delivery.id,
          fence: delivery.fence,
          key: delivery.path,
          content,
          asset: {
            id: delivery.assetId,
            source: delivery.assetSource,
            filename: delivery.filename,
            landingKey: delivery.landingKey,
          },
          receipts: [],
        },
      ],
    };
  }

  private async record(delivery: ClaimedDelivery, receipt: Receipt): Promise<boolean> {
    const { outcome, evidence, proofLevel, size, key } = receipt;
    return this.options.sets.move({
      id: delivery.id,
      transition: 'delivered',
      fence: delivery.fence,
      patch: {
        receipt: { outcome, evidence, proofLevel },
        bytes_sent: size,
      },
      trouble: null,
      dueInMs: null,
      events: [
        {
          kind: 'delivered',
          actor: this.options.actor,
          detail: {
            deliveryId: delivery.id,
            destination: this.name,
            path: key,
            size,
            outcome,
            proofLevel,
            evidence,
          },
        },
      ],
    });
  }

  /** A condition is news when it changes; the destination's row holds the last one. */
  private async tell(found: {
    condition: string;
    sentence: string | null;
    nextStep: string | null;
  }): Promise<void> {
    const text = `${found.condition} ${found.sentence ?? ''}`;
    if (text === this.condition) return;
    try {
      await recordDestinationCondition(this.options.db, this.name, found);
      this.condition = text;
    } catch (error) {
      // The delivery itself is recorded; this is told again with the next one.
      this.options.log.warn(`${this.name}: its condition could not be recorded (${databaseReason(error)}).`);
    }
  }
}

/** Codes that speak of one file and not of the destination. */
const ofFile = new Set(['conflict', 'content-failed', 'content-mismatch', 'missing', 'source-changed']);

function isOfDestination(error: unknown): boolean {
  return error instanceof AdapterError && !ofFile.has(error.code);
}
