import { duration, secretRef } from '@waybill/contract';
import { z } from 'zod';

/** What an `s3` destination is configured with. */
export const s3Config = z.strictObject({
  bucket: z.string().min(3),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Absent: AWS'),
  region: z.string().min(1),
  accessKeyId: secretRef,
  secretAccessKey: secretRef,
  forcePathStyle: z
    .boolean()
    .optional()
    .describe('Bucket in the path instead of the host name; default: true with an endpoint'),
  prefix: z.string().default('').describe('Put before every key as it is'),
  overwrite: z.enum(['never', 'replace']).default('never').describe('When other bytes stand under the key'),
  requestChecksum: z
    .enum(['WHEN_REQUIRED', 'WHEN_SUPPORTED'])
    .default('WHEN_REQUIRED')
    .describe('WHEN_SUPPORTED sends a CRC32 beside the MD5; stores that are not AWS may refuse it'),
  concurrency: z.int().min(1).max(64).default(4).describe('Parcels at once'),
  timeouts: z
    .strictObject({
      connect: duration.prefault('10s').describe('Until a connection stands'),
      request: duration.prefault('60s').describe('Silence on a connection while an answer is due'),
    })
    .prefault({}),
});

export type S3Config = z.output<typeof s3Config>;
