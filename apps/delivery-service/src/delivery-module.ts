import { Module, type DynamicModule } from '@nestjs/common';
import { Readiness, type AppLog, type AppSetting } from '@waybill/platform';
import { deliveryWork, QueueModule, WakeUpHandlers, WakeUps } from '@waybill/queue';
import { DeliveryService } from './delivery-service.ts';

@Module({})
class DeliveryModule {}

/** The parts of a delivery service: its wake-ups, and the destinations' work. */
export function deliveryModule(setting: AppSetting, log: AppLog): DynamicModule {
  const redisUrl = setting.environment.redisUrl.reveal();
  return {
    module: DeliveryModule,
    imports: [QueueModule.forRoot({ redisUrl, listens: [deliveryWork], sends: ['delivery.work'], log })],
    providers: [
      {
        provide: DeliveryService,
        useFactory: (wakeUps: WakeUps, handlers: WakeUpHandlers, readiness: Readiness) => {
          // Work goes on without Redis, only a little later: shown, and no reason to be called unready.
          readiness.add('redis', () => wakeUps.check(), { essential: false });
          return new DeliveryService(setting, log, wakeUps, handlers);
        },
        inject: [WakeUps, WakeUpHandlers, Readiness],
      },
    ],
  };
}
