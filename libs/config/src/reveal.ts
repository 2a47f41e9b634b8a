import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AdapterError } from '@waybill/contract';
import type { SecretRef } from '@waybill/contract';
import { isEmbeddedRef, revealEmbedded } from './embedded.ts';

/** The value behind a reference to a secret. */
export type Reveal = (ref: SecretRef) => string;

/**
 * Reads secrets when they are asked for: an environment variable, or a file (relative: from `folder`) without the newline at
 * its end. What is absent or empty is an AdapterError `unauthorized` with one sentence that never holds a value.
 */
export function createReveal(folder: string): Reveal {
  return ref => {
    if ('file' in ref) return fromFile(resolve(folder, ref.file));
    return isEmbeddedRef(ref) ? revealEmbedded(ref) : fromVariable(ref.env);
  };
}

function fromVariable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new AdapterError(
    'unauthorized',
    `the secret { env: ${name} } is not there: set the environment variable ${name} for this app and start it again.`,
  );
}

function fromFile(path: string): string {
  let value: string;
  try {
    value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (failure) {
    const code = (failure as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new AdapterError(
      'unauthorized',
      `the secret { file: ${path} } cannot be read (${code}): put it there, readable for this app.`,
      { cause: failure },
    );
  }
  if (value !== '') return value;
  throw new AdapterError('unauthorized', `the secret { file: ${path} } is empty: write the secret into it.`);
}
