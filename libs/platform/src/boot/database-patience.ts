import { setTimeout as pause } from 'node:timers/promises';
import { Outage, reasonOf, type OutageLog } from '@waybill/queue';
import { refusesStart } from './start-refusal.ts';

export interface DatabaseWait {
  readonly app: string;
  readonly check: () => Promise<void>;
  readonly patience: 'exit' | 'wait';
  readonly log: OutageLog;
  /** Ends the wait with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds until `exit` gives up. Default a minute. */
  readonly limitMs?: number;
  /** Milliseconds between two looks. Default one second. */
  readonly everyMs?: number;
}

/** Resolves when the database was reached; rejects when a check refuses the start, or the patience is over. */
export async function waitForDatabase(wait: DatabaseWait): Promise<void> {
  const { limitMs = 60_000, everyMs = 1_000, signal } = wait;
  const began = performance.now();
  const left = () => (wait.patience === 'exit' ? limitMs - (performance.now() - began) : Infinity);
  const outage = new Outage(wait.log, {
    began: reason =>
      `The database can't be reached (${reason}); ${wait.app} is live but not ready and ${
        wait.patience === 'exit' ? `gives up after ${limitMs / 1000} s` : 'waits for it'
      }. Check DATABASE_URL and that Postgres runs.`,
    ended: seconds => `The database was reached after ${seconds} s.`,
  });
  for (;;) {
    signal.throwIfAborted();
    try {
      await within(Math.min(10_000, left()), wait.check, signal);
      outage.recovered();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (refusesStart(error)) throw error;
      outage.failed(error);
      if (left() <= everyMs) throw givenUp(limitMs, error);
      await pause(everyMs, undefined, { signal });
    }
  }
}

function givenUp(limitMs: number, error: unknown): Error {
  const reason = reasonOf(error);
  return new Error(
    `the database could not be reached for ${limitMs / 1000} s (${reason}); check DATABASE_URL and that Postgres runs`,
    { cause: error },
  );
}

async function within(ms: number, check: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const late = pause(Math.max(1, ms), undefined, { signal: AbortSignal.any([signal, ended.signal]) }).then(
    () => {
      throw new Error(`no answer within ${Math.round(ms / 1000)} s`);
    },
  );
  try {
    await Promise.race([check(), late]);
  } finally {
    ended.abort();
    late.catch(() => undefined);
  }
}
