import { setMaxListeners } from 'node:events';

/** A signal for one piece of work. */
export interface OwnSignal {
  readonly signal: AbortSignal;
  /** Ends this piece of work, and not what surrounds it. */
  readonly stop: () => void;
  /** Lets go of the outer signal. */
  readonly release: () => void;
}

/**
 * A signal that follows each of `outer`, and that many requests may listen to without a warning. With `milliseconds` it
 * aborts by itself after them. Held by what it follows, unlike AbortSignal.any(), whose result Node 20 may collect unfired.
 */
export function ownSignal(outer: AbortSignal | readonly AbortSignal[], milliseconds?: number): OwnSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const followed = [outer].flat();
  const follow = () => controller.abort(followed.find(signal => signal.aborted)?.reason);
  for (const signal of followed) signal.addEventListener('abort', follow, { once: true });
  if (followed.some(signal => signal.aborted)) follow();
  const timer = milliseconds === undefined ? undefined : setTimeout(() => controller.abort(), milliseconds);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => {
      clearTimeout(timer);
      for (const signal of followed) signal.removeEventListener('abort', follow);
    },
  };
}
