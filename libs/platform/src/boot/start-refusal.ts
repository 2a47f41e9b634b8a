import { reasonOf } from '@waybill/queue';
import { scrubText } from '../log/scrub.ts';

/** Why an app does not start: one sentence, and the code that it exits with. */
export interface StartRefusal {
  readonly sentence: string;
  readonly exitCode: number;
}

/** True for errors that say themselves that starting again won't help (`exitCode`, such as 78 of a ConfigError). */
export function refusesStart(error: unknown): error is Error & { readonly exitCode: number } {
  return (
    error instanceof Error &&
    'exitCode' in error &&
    typeof error.exitCode === 'number' &&
    Number.isInteger(error.exitCode) &&
    error.exitCode > 0 &&
    error.exitCode < 256
  );
}

/** What to tell a person about an error at the start. */
export function startRefusal(app: string, error: unknown): StartRefusal {
  if (refusesStart(error)) {
    return { sentence: scrubText(error.message.replace(/\s+/g, ' ').trim()), exitCode: error.exitCode };
  }
  return { sentence: `${app} can't start: ${scrubText(reasonOf(error))}.`, exitCode: 1 };
}

/** An address that can't be listened on, as a sentence; every other error as it is. */
export function listenError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const place = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return new Error(`${place} is taken by another process; stop that one, or set PORT to a free port`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new Error(
      `it may not listen on ${place} (${String(error.code)}); set HOST and PORT to what this machine has`,
      {
        cause: error,
      },
    );
  }
  return error;
}
