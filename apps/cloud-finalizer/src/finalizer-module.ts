import { Module, type DynamicModule } from '@nestjs/common';
import { Readiness, type AppLog, type AppSetting } from '@waybill/platform';
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
        useFactory: (wakeUps: WakeUps, handlers: WakeUpHandlers, readiness: Readiness) => {
          // Work goes on without Redis, only a little later: shown, and no reason to be called unready.
          readiness.add('redis', () => wakeUps.check(), { essential: false });
          return new FinalizerService(setting, log, wakeUps, handlers);
        },
        inject: [WakeUps, WakeUpHandlers, Readiness],
      },
    ],
  };
}
