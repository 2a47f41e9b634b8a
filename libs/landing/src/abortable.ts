import { setMaxListeners } from 'node:events';

/**
 * Request options that stop with the signal. An app's one stop signal is heard by every request under way; Node takes more than
 * ten listeners for a leak and would warn.
 */
export function abortable(signal: AbortSignal): { readonly abortSignal: AbortSignal } {
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}
