import { Module, type DynamicModule } from '@nestjs/common';
import type { AppLog, AppSetting } from '@waybill/platform';
import { finalizerWork, QueueModule, WakeUpHandlers, WakeUps } from '@waybill/queue';
import { FinalizerService } from './finalizer-service.ts';

@Module({})
class FinalizerModule {}

/** The parts of a finalizer: its wake-ups, and the finalizer itself. */
export function finalizerModule(setting: AppSetting, log: AppLog): DynamicModule {
  const redisUrl = setting.environment.redisUrl.reveal();
  return {
    module: FinalizerModule,
    imports: [
      QueueModule.forRoot({ redisUrl, listens: [finalizerWork], sends: ['delivery.work', 'edge.work'], log }),
    ],
    providers: [
      {
        provide: FinalizerService,
        useFactory: (wakeUps: WakeUps, handlers: WakeUpHandlers) =>
          new FinalizerService(setting, log, wakeUps, handlers),
        inject: [WakeUps, WakeUpHandlers],
      },
    ],
  };
}
