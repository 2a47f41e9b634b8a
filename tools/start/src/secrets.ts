import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writePrivateJson } from './private-file.ts';
import { StartError } from './start-error.ts';

const secrets = z.object({
  apiKey: z.string().min(16),
  redisPassword: z.string().min(16),
  s3AccessKeyId: z.string().min(16),
  s3SecretAccessKey: z.string().min(16),
  sftpPassword: z.string().min(16),
});

/** What guards the embedded servers and the admin API. Postgres keeps its own password beside its data. */
export type Secrets = z.output<typeof secrets>;

const word = (bytes: number): string => randomBytes(bytes).toString('base64url');

/** The secrets of this home, from `file` (mode 0600); made once. Throws when the file holds something else. */
export function loadSecrets(file: string): Secrets {
  const text = textOf(file);
  if (text === undefined) {
    const made: Secrets = {
      apiKey: `wb_${word(32)}`,
      redisPassword: word(24),
      s3AccessKeyId: `WAYBILL${randomBytes(8).toString('hex').toUpperCase()}`,
      s3SecretAccessKey: word(30),
      sftpPassword: word(24),
    };
    writePrivateJson(file, made);
    return made;
  }
  try {
    return secrets.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartError(
      `The secrets in ${file} can't be read: bring the file back from a copy, or remove it and new ones are made.`,
      { cause },
    );
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
