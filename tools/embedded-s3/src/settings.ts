import { z } from 'zod';
import type { EmbeddedS3Options } from './start-embedded-s3.ts';

const required = (what: string) => z.string({ error: `must be set: ${what}` }).min(1);

const environment = z.object({
  WAYBILL_S3_FOLDER: required('the folder that keeps the objects'),
  WAYBILL_S3_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .default('0'),
  WAYBILL_S3_REGION: z.string().min(1).default('us-east-1'),
  WAYBILL_S3_BUCKET: z.string().min(1).default('waybill'),
  WAYBILL_S3_ACCESS_KEY_ID: required('the one access key'),
  WAYBILL_S3_SECRET_ACCESS_KEY: required('the secret of that key'),
});

/** The settings of the process, from its environment. Throws one sentence that names each variable that is wrong. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): EmbeddedS3Options {
  const read = environment.safeParse(env);
  if (!read.success) {
    const reasons = read.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The embedded S3 server cannot start: ${reasons.join('; ')}.`);
  }
  const { data } = read;
  return {
    folder: data.WAYBILL_S3_FOLDER,
    port: Number(data.WAYBILL_S3_PORT),
    region: data.WAYBILL_S3_REGION,
    buckets: [data.WAYBILL_S3_BUCKET],
    accessKeyId: data.WAYBILL_S3_ACCESS_KEY_ID,
    secretAccessKey: data.WAYBILL_S3_SECRET_ACCESS_KEY,
  };
}
