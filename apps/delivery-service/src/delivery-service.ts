import { randomUUID } from 'node:crypto';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { destinationsOf } from '@waybill/config';
import { deliverySets, DestinationWork } from '@waybill/deliver';
import { createS3Landing } from '@waybill/landing';
import type { AppLog, AppSetting } from '@waybill/platform';
import { deliveryWork, LeasedLoop, type WakeUpHandlers, type WakeUps } from '@waybill/queue';
import {
  recordDeliveryProgress,
  registerDestinations,
  renewLeases,
  tellUnknownDestinations,
  type ClaimedDelivery,
} from '@waybill/state';

const leaseMs = 20_000;
const graceMs = 8_000;
const unknownEveryMs = 30_000;

/** A delivery service at work: one claim loop a destination, so that a dead one costs the others nothing. */
export class DeliveryService implements BeforeApplicationShutdown {
  private readonly works: readonly DestinationWork[];
  private readonly loops: readonly LeasedLoop<ClaimedDelivery>[];
  private progress: NodeJS.Timeout | undefined;
  private unknown: NodeJS.Timeout | undefined;
  private unknownCount = 0;

  constructor(
    private readonly setting: AppSetting,
    private readonly log: AppLog,
    wakeUps: WakeUps,
    handlers: WakeUpHandlers,
  ) {
    const { config, database: db, landingName } = setting;
    const ordered = config.routes.some(route => route.deliver.some(step => step.after.length > 0));
    const options = {
      db,
      sets: deliverySets(db),
      landing: createS3Landing(setting.landing).finalizer,
      landingName,
      actor: 'delivery-service',
      owner: `delivery-service ${randomUUID()}`,
      leaseMs,
      log,
      // Only a route with an order has deliveries that wait for others.
      onDelivered: () => {
        if (ordered) wakeUps.wake(deliveryWork);
      },
    };
    this.works = destinationsOf(config).map(
      ({ name, adapter }) => new DestinationWork(name, adapter(), options),
    );
    this.loops = this.works.map(
      work =>
        new LeasedLoop<ClaimedDelivery>({
          name: `delivering to ${work.name}`,
          concurrency: work.concurrency,
          claim: limit => work.claim(limit),
          work: (delivery, signal) => work.deliver(delivery, signal),
          giveBack: deliveries => work.giveBack(deliveries),
          renew: held => renewLeases(db, 'deliveries', held, leaseMs),
          leaseMs,
          log,
        }),
    );
    handlers.handle('delivery.work', () => this.loops.forEach(loop => loop.wake()));
  }

  async begin(): Promise<void> {
    await registerDestinations(
      this.setting.database,
      this.setting.config.destinations.map(({ name, type }) => ({ name, type })),
    );
    this.loops.forEach(loop => loop.start());
    void this.tellUnknown();
    this.unknown = setInterval(() => void this.tellUnknown(), unknownEveryMs);
    this.progress = setInterval(() => void this.tellProgress(), 1_000);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.progress);
    clearInterval(this.unknown);
    await Promise.all(this.loops.map(loop => loop.stop(graceMs)));
    await Promise.all(this.works.map(work => work.close()));
  }

  /** What is owed to a destination that nobody knows would wait in silence. */
  private async tellUnknown(): Promise<void> {
    try {
      const known = this.works.map(work => work.name);
      const count = await tellUnknownDestinations(this.setting.database, known);
      if (count > 0 && count !== this.unknownCount)
        this.log.warn(
          `${count} deliveries wait for destinations that the configuration does not name: put them back, or cancel the deliveries.`,
        );
      this.unknownCount = count;
    } catch (error) {
      this.log.debug(
        `Unknown destinations could not be told (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }

  private async tellProgress(): Promise<void> {
    try {
      await recordDeliveryProgress(
        this.setting.database,
        this.works.flatMap(work => work.progress()),
      );
    } catch (error) {
      this.log.debug(
        `Progress could not be recorded (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }
}
