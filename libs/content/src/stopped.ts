import { AdapterError } from '@waybill/contract';

/** The error of a transfer that its own side stopped; `where` begins the sentence. */
export function stopped(where: string, signal: AbortSignal): AdapterError {
  return new AdapterError('unreachable', `${where}: the transfer was stopped before it was done.`, {
    cause: signal.reason,
  });
}
