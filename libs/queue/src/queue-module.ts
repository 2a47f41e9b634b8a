import { BullModule, getQueueToken } from '@nestjs/bull';
import { Logger, Module, type DynamicModule } from '@nestjs/common';
import type { Queue } from 'bull';
import { queueOptions, type RedisPlace } from './queue-options.ts';
import type { OutageLog } from './outage.ts';
import { RedisLink } from './redis-link.ts';
import { WakeUpHandlers } from './wake-up-handlers.ts';
import { WakeUpListener } from './wake-up-listener.ts';
import { WakeUps } from './wake-ups.ts';
import type { WakeUp, WakeUpName } from './wake-ups/wake-up.ts';

export interface QueueModuleOptions extends RedisPlace {
  /** What this app is woken by: each needs exactly one handler, registered through WakeUpHandlers by the end of onModuleInit. */
  readonly listens: readonly WakeUp[];
  /** What this app wakes others with. */
  readonly sends: readonly WakeUpName[];
  /** Default: Nest's logger. */
  readonly log?: OutageLog;
}

/** Wake-ups of one app: inject WakeUps to send and WakeUpHandlers to be woken. Redis may be away at any time. */
@Module({})
export class QueueModule {
  static forRoot(options: QueueModuleOptions): DynamicModule {
    const { listens, sends, log = nestLog() } = options;
    const twice = listens.find(
      (wakeUp, index) => listens.findIndex(({ name }) => name === wakeUp.name) < index,
    );
    if (twice !== undefined)
      throw new Error(`This app listens to the wake-up ${twice.name} twice; name it once.`);
    const queues = listens.map(({ queue }) => ({ name: queue, ...queueOptions(options) }));
    return {
      module: QueueModule,
      global: true,
      imports: queues.length > 0 ? [BullModule.registerQueue(...queues)] : [],
      providers: [
        { provide: RedisLink, useFactory: () => new RedisLink(log) },
        { provide: WakeUpHandlers, useFactory: () => new WakeUpHandlers(listens) },
        {
          provide: WakeUps,
          useFactory: (link: RedisLink) => new WakeUps(options, sends, link, log),
          inject: [RedisLink],
        },
        {
          provide: WakeUpListener,
          useFactory: (link: RedisLink, handlers: WakeUpHandlers, ...found: Queue[]) => {
            const listened = found.flatMap((queue, index) => {
              const wakeUp = listens[index];
              return wakeUp === undefined ? [] : [{ wakeUp, queue }];
            });
            return new WakeUpListener(listened, handlers, link, log);
          },
          inject: [RedisLink, WakeUpHandlers, ...listens.map(({ queue }) => getQueueToken(queue))],
        },
      ],
      exports: [WakeUps, WakeUpHandlers, RedisLink],
    };
  }
}

function nestLog(): OutageLog {
  const logger = new Logger('queue');
  return {
    info: sentence => logger.log(sentence),
    warn: (sentence, error) => logger.warn(sentence, ...(error === undefined ? [] : [error])),
  };
}
