import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeyModule, type AppLog } from '@waybill/platform';
import { QueueModule } from '@waybill/queue';
import { findApiCaller } from '@waybill/state';
import { ADMIN_PARTS, DATABASE, type AdminParts } from './admin-parts.ts';
import { AssetRetries } from './assets/asset-retries.ts';
import { AssetsController } from './assets/assets-controller.ts';
import { DeliveriesController } from './deliveries/deliveries-controller.ts';
import { AppsController } from './health/apps-controller.ts';
import { DestinationsController } from './places/destinations-controller.ts';
import { SourcesController } from './places/sources-controller.ts';
import { RedisCheck } from './health/redis-check.ts';
import { RetryWakeUps } from './retry-wake-ups.ts';

@Module({})
class AdminModule {}

/** The parts of the admin API: keys, wake-ups to send, and its controllers. */
export function adminModule(parts: AdminParts, log: AppLog): DynamicModule {
  const { database, redisUrl, redisPrefix } = parts;
  return {
    module: AdminModule,
    imports: [
      ApiKeyModule.forRoot({ verify: key => findApiCaller(database, key) }),
      QueueModule.forRoot({
        redisUrl,
        ...(redisPrefix === undefined ? {} : { prefix: redisPrefix }),
        listens: [],
        sends: ['edge.work', 'finalizer.work', 'delivery.work'],
        log,
      }),
    ],
    controllers: [
      AssetsController,
      DeliveriesController,
      SourcesController,
      DestinationsController,
      AppsController,
    ],
    providers: [
      { provide: DATABASE, useValue: database },
      { provide: ADMIN_PARTS, useValue: parts },
      AssetRetries,
      RetryWakeUps,
      RedisCheck,
    ],
  };
}
