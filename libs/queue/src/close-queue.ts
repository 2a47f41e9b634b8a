import type { Queue } from 'bull';
import { reasonOf } from './outage.ts';

const patienceMs = 1_500;

/**
 * Closes a Bull queue within about two seconds, whatever state Redis is in. Bull's own close() waits for an answer of
 * Redis without a limit; a job that it leaves behind is a wake-up more, later, and nothing else.
 */
export async function closeQueue(queue: Queue): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, patienceMs);
  });
  const closed = queue.close(true).catch((error: unknown) => {
    process.emitWarning(`A queue did not close cleanly: ${reasonOf(error)}`, 'WaybillQueue');
  });
  await Promise.race([closed, late]).finally(() => clearTimeout(timer));
  for (const client of queue.clients) client.disconnect();
  await new Promise(setImmediate);
  clearDelayTimer(queue);
}

/** Bull sets its timer for delayed jobs again when the closing connection fails its last look, and the process lives on. */
function clearDelayTimer(queue: Queue & { delayTimer?: NodeJS.Timeout }): void {
  clearTimeout(queue.delayTimer);
}
