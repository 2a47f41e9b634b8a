import { readFileSync } from 'node:fs';
import { AdapterError } from '@waybill/contract';
import type { SecretRef } from '@waybill/contract';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';

/**
 * The servers of `npm start`. Its supervisor writes one JSON file for each and names it in an environment variable. A field
 * of such a file is referred to as `{ env: 'WAYBILL_EMBEDDED_S3#secretAccessKey' }`: no variable of a user can be named so,
 * and the configuration still holds no secret.
 */
const embedded = {
  WAYBILL_EMBEDDED_S3: z.object({
    endpoint: z.string(),
    region: z.string(),
    bucket: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  WAYBILL_EMBEDDED_SFTP: z.object({
    host: z.string(),
    port: z.number(),
    username: z.string(),
    password: z.string(),
    hostKey: z.string(),
  }),
} as const;

type Variable = keyof typeof embedded;

/** A reference to a field of an embedded server's file. */
export function embeddedRef<V extends Variable>(
  variable: V,
  field: keyof z.output<(typeof embedded)[V]> & string,
): SecretRef {
  return { env: `${variable}#${field}` };
}

export function isEmbeddedRef(ref: { readonly env: string }): boolean {
  return Object.keys(embedded).some(variable => ref.env.startsWith(`${variable}#`));
}

/** As a secret's value is read at work, its failure is one of the work's: an AdapterError. */
export function revealEmbedded(ref: { readonly env: string }): string {
  const [variable = '', field = ''] = ref.env.split('#');
  try {
    const values: Readonly<Record<string, unknown>> = readEmbedded(
      variable as Variable,
      `${ref.env} is needed`,
    );
    return String(values[field]);
  } catch (failure) {
    throw new AdapterError('unauthorized', (failure as ConfigError).message, { cause: failure });
  }
}

/** @param why what made the embedded server be asked for, as the start of a sentence */
export function readEmbedded<V extends Variable>(variable: V, why: string): z.output<(typeof embedded)[V]> {
  const path = process.env[variable];
  if (path === undefined || path === '') {
    throw new ConfigError(
      `${why}, but the environment variable ${variable} is not set. Start Waybill with npm start, or configure a server of your own.`,
    );
  }
  try {
    return embedded[variable].parse(JSON.parse(readFileSync(path, 'utf8'))) as z.output<(typeof embedded)[V]>;
  } catch (failure) {
    // Neither the text of the file nor zod's report is shown: both may hold a secret.
    const code = (failure as NodeJS.ErrnoException).code ?? 'it is not the JSON that npm start writes';
    throw new ConfigError(
      `${why}, but the file ${path} that ${variable} names cannot be used (${code}). Start Waybill again with npm start.`,
    );
  }
}
