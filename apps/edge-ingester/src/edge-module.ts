import { Module, type DynamicModule } from '@nestjs/common';
import { Readiness, type AppLog, type AppSetting } from '@waybill/platform';
import { edgeWork, QueueModule, WakeUpHandlers, WakeUps } from '@waybill/queue';
import { Edge } from './edge.ts';

@Module({})
class EdgeModule {}

/** The parts of an edge: its wake-ups, and the edge itself. */
export function edgeModule(setting: AppSetting, log: AppLog): DynamicModule {
  const redisUrl = setting.environment.redisUrl.reveal();
  return {
    module: EdgeModule,
    imports: [
      QueueModule.forRoot({
        redisUrl,
        listens: [edgeWork(setting.config.node)],
        sends: ['finalizer.work'],
        log,
      }),
    ],
    providers: [
      {
        provide: Edge,
        useFactory: (wakeUps: WakeUps, handlers: WakeUpHandlers, readiness: Readiness) => {
          // Work goes on without Redis, only a little later: shown, and no reason to be called unready.
          readiness.add('redis', () => wakeUps.check(), { essential: false });
          return new Edge(setting, log, wakeUps, handlers);
        },
        inject: [WakeUps, WakeUpHandlers, Readiness],
      },
    ],
  };
}
