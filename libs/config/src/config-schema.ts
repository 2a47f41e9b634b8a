import { byteSize, duration, secretRef } from '@waybill/contract';
import { defaultKeyTemplate, deliveryPath, parseKeyTemplate } from '@waybill/domain';
import { z } from 'zod';

/** Names stand in keys, in queue names and in addresses of the admin API. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: 'a name has letters, digits, ".", "_" and "-" alone, starts with a letter or digit and ends at 63',
});

/** S3 takes no smaller part but the last (facts of S3's multipart limits). */
const smallestPart = 5 * 1024 * 1024;

const landing = z.strictObject({
  type: z.literal('s3'),
  bucket: z.string().min(1),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' })
    .optional(),
  region: z.string().min(1).default('us-east-1'),
  accessKeyId: secretRef,
  secretAccessKey: secretRef,
  forcePathStyle: z.boolean().optional(),
  checksum: z.enum(['auto', 'crc32', 'md5', 'none']).default('auto'),
  concurrency: z.int().min(1).max(64).optional(),
  partSize: byteSize
    .refine(size => size >= smallestPart, { error: 'S3 takes no part below 5MiB: write 5MiB or more' })
    .optional(),
});

/** What every source and destination has; its other keys are its adapter's. */
const named = z.looseObject({ name, type: z.string().min(1) });

const directory = z.string().superRefine((text, context) => {
  const path = deliveryPath(text, 'file');
  if ('refused' in path)
    context.addIssue({ code: 'custom', message: `"${text}" can be no directory: ${path.refused}` });
});

const step = z.union([
  z.string().transform(to => ({ to, directory: undefined, after: [] as string[] })),
  z.strictObject({
    to: z.string(),
    directory: directory.optional(),
    after: z.array(z.string()).default([]),
  }),
]);

const key = z
  .string()
  .default(defaultKeyTemplate)
  .transform((text, context) => {
    const parsed = parseKeyTemplate(text);
    if ('template' in parsed) return parsed.template;
    context.addIssue({ code: 'custom', message: `the key "${text}" cannot be used: ${parsed.refused}` });
    return z.NEVER;
  });

const route = z.strictObject({
  from: z.string(),
  key,
  deliver: z.array(step),
  metadata: z.enum(['always', 'media', 'never']).default('always'),
  deliverIncomplete: z.boolean().default(false),
});

const finalizer = z
  .strictObject({
    staleScanEvery: duration.prefault('30s'),
    streamTimeout: duration.prefault('5min'),
    edgeLostAfter: duration.prefault('24h'),
  })
  .prefault({});

/** waybill.yaml without what the adapters add. */
export const configSchema = z.strictObject({
  node: name,
  landing: landing.optional(),
  sources: z.array(named).default([]),
  destinations: z.array(named).default([]),
  routes: z.array(route).default([]),
  finalizer,
});

export type ParsedConfig = z.output<typeof configSchema>;
export type NamedEntry = ParsedConfig['sources'][number];
