import { setMaxListeners } from 'node:events';
import { AdapterError } from '@waybill/contract';

/** What every call of this source rejects with once its signal aborts. */
export function stopped(name: string, signal: AbortSignal): AdapterError {
  return new AdapterError('unreachable', `source ${name}: the call was stopped before its end.`, {
    cause: signal.reason,
  });
}

/** Adds a listener. Many files are opened on one signal, and Node takes more than ten for a leak. */
export function listen(signal: AbortSignal, onAbort: () => void): void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', onAbort, { once: true });
}

/**
 * The outcome of `work`, or a rejection as soon as the signal aborts: a call to a hung network mount never returns by
 * itself. What such a call still brings later is given to `late`, so that a handle is closed.
 */
export async function abortable<T>(
  name: string,
  signal: AbortSignal,
  work: Promise<T>,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  if (signal.aborted) {
    work.then(late, () => undefined);
    throw stopped(name, signal);
  }
  let onAbort = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      work.then(late, () => undefined);
      reject(stopped(name, signal));
      return undefined;
    };
    listen(signal, onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
