import { Inject, Injectable } from '@nestjs/common';
import type { FailedStage } from '@waybill/domain';
import { deliveryWork, edgeWork, finalizerWork, WakeUps } from '@waybill/queue';

/** After the commit of a retry: wakes whoever works on that stage. Best effort; the sweep finds it otherwise. */
@Injectable()
export class RetryWakeUps {
  constructor(@Inject(WakeUps) private readonly wakeUps: WakeUps) {}

  stage(from: FailedStage, asset: { readonly id: string; readonly node: string }): void {
    this.wakeUps.wake(from === 'receive' ? edgeWork(asset.node) : finalizerWork, { assetId: asset.id });
  }

  deliveries(assetId: string): void {
    this.wakeUps.wake(deliveryWork, { assetId });
  }
}
