import { setMaxListeners } from 'node:events';

/** A signal for one piece of work. */
export interface OwnSignal {
  readonly signal: AbortSignal;
  /** Ends this piece of work, and not what surrounds it. */
  readonly stop: () => void;
  /** Lets go of the outer signal. */
  readonly release: () => void;
}

/** A signal that follows `outer` and that many requests may listen to without a warning. */
export function ownSignal(outer: AbortSignal): OwnSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => outer.removeEventListener('abort', follow),
  };
}
