import { randomUUID } from 'node:crypto';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Finalizer } from '@waybill/finalize';
import { createS3Landing } from '@waybill/landing';
import type { AppLog, AppSetting } from '@waybill/platform';
import { deliveryWork, edgeWork, LeasedLoop, type WakeUpHandlers, type WakeUps } from '@waybill/queue';
import { renewLeases, type AssetRecord } from '@waybill/state';

const leaseMs = 20_000;
const filesAtOnce = 32;
const graceMs = 8_000;

/** A finalizer at work. Several side by side share what is due. */
export class FinalizerService implements BeforeApplicationShutdown {
  private readonly loop: LeasedLoop<AssetRecord>;

  constructor(setting: AppSetting, log: AppLog, wakeUps: WakeUps, handlers: WakeUpHandlers) {
    const { database: db, landingName } = setting;
    const finalizer = new Finalizer({
      db,
      landing: createS3Landing(setting.landing).finalizer,
      landingName,
      actor: 'cloud-finalizer',
      owner: `cloud-finalizer ${randomUUID()}`,
      leaseMs,
      log,
      onOwed: () => wakeUps.wake(deliveryWork),
      onReturned: node => wakeUps.wake(edgeWork(node)),
    });
    this.loop = new LeasedLoop<AssetRecord>({
      name: 'finalizing',
      concurrency: filesAtOnce,
      claim: limit => finalizer.claim(limit),
      work: (asset, signal) => finalizer.finalize(asset, signal),
      giveBack: assets => finalizer.giveBack(assets),
      renew: held => renewLeases(db, 'assets', held, leaseMs),
      leaseMs,
      log,
    });
    handlers.handle('finalizer.work', () => this.loop.wake());
  }

  begin(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop(graceMs);
  }
}
