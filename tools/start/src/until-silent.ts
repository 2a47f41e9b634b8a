import { setTimeout as sleep } from 'node:timers/promises';

/** How patient to be with a process that runs and says nothing, in milliseconds. */
export interface Patience {
  readonly everyMs: number;
  /** Silent for this long, and at least three times asked: it hangs. */
  readonly silentMs: number;
}

/** A process whose host is overloaded answers late; one that was silent for a minute does not come back. */
const defaultPatience: Patience = { everyMs: 5_000, silentMs: 60_000 };
const leastAsked = 3;

/**
 * Resolves when /health/live of a running app was silent for long: any answer, of whatever status, is a sign of life. Rejects
 * when the signal is aborted.
 */
export async function untilSilent(
  url: string,
  signal: AbortSignal,
  { everyMs, silentMs }: Patience = defaultPatience,
): Promise<void> {
  let [heard, unanswered] = [performance.now(), 0];
  while (unanswered < leastAsked || performance.now() - heard < silentMs) {
    await sleep(everyMs, undefined, { signal });
    if (await answers(`${url}/health/live`, everyMs, signal)) [heard, unanswered] = [performance.now(), 0];
    else unanswered += 1;
  }
}

async function answers(url: string, withinMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]) });
    await answer.body?.cancel();
    return true;
  } catch {
    // Silence is what is asked for here; the signal's own abort shows at the next sleep.
    return false;
  }
}
