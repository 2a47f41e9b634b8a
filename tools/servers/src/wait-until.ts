import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

export interface Patience {
  readonly name: string;
  readonly milliseconds: number;
  /** Ends the wait at once when it has ended. */
  readonly server?: ServerProcess;
}

/**
 * Tries `attempt` every 50 ms until it no longer rejects. Rejects with one sentence, the last failure and the end of the
 * server's log when the server ended or the time is over.
 */
export async function waitUntilReady(attempt: () => Promise<void>, patience: Patience): Promise<void> {
  const deadline = Date.now() + patience.milliseconds;
  for (;;) {
    const failure = await attempt().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    if (failure === null) return;
    const server = patience.server;
    if (server?.ended()) {
      throw new Error(
        `${patience.name} ended while it was being started. Its last words: ${server.logTail()}`,
        {
          cause: failure,
        },
      );
    }
    if (Date.now() > deadline) {
      const words = server ? ` Its last words: ${server.logTail()}` : '';
      throw new Error(
        `${patience.name} was not ready after ${String(patience.milliseconds / 1000)} s: ${failure.message}.${words}`,
        { cause: failure },
      );
    }
    await sleep(50);
  }
}
