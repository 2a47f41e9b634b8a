import type { Queue } from 'bull';

/**
 * Takes two habits off a Bull queue that would hurt an app whose Redis is away. Naming the connection rejects unheard when
 * the queue closes before Redis was reached (bull 4.16.5, worker.js), which ends a process; the name is cosmetic. And
 * @nestjs/bull closes the queue at shutdown without a limit; closeQueue has then closed it already.
 */
export function tameQueue(queue: Queue): void {
  Object.assign(queue, {
    setWorkerName: () => Promise.resolve(),
    onApplicationShutdown: () => Promise.resolve(),
  });
}
