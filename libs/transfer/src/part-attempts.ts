import { setTimeout as delay } from 'node:timers/promises';
import { AdapterError } from '@waybill/contract';
import { UploadGoneError } from '@waybill/landing';

const attempts = 4;
/** Milliseconds before the second attempt; doubled after each. */
const firstPause = 200;
/** A store that asks for a longer pause than this is left to the due times of the asset. */
const longestPause = 5_000;

/**
 * Runs one effect at the landing again while it fails for a passing reason (`unreachable`, `throttled`, or bytes that
 * arrived damaged: the right ones are still at hand), a few times, with jitter. Everything else is thrown at once.
 */
export async function withAttempts<T>(effect: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await effect();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts || !isPassing(error)) throw error;
      const pause = error.retryAfter ?? firstPause * 2 ** (attempt - 1) * (0.5 + Math.random());
      if (pause > longestPause) throw error;
      await delay(pause, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): error is AdapterError {
  return (
    error instanceof AdapterError &&
    !(error instanceof UploadGoneError) &&
    ['unreachable', 'throttled', 'content-mismatch'].includes(error.code)
  );
}
