import { z } from 'zod';

/**
 * Where a secret is to be found. The configuration holds this reference and never the value, so it can be printed,
 * logged and stored; the value exists only while an adapter uses it.
 */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** In a configuration schema: `{ env: NAME }` or `{ file: path }`. A bare string is refused so that no secret stands in the file. */
export const secretRef = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  {
    error: 'a secret is given as { env: NAME } or { file: /path }, never as the value itself',
  },
);
