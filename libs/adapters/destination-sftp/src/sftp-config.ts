import { duration, secretRef } from '@waybill/contract';
import { z } from 'zod';
import { parseHostKey } from './host-keys.ts';

const hostKey = z.string().superRefine((line, context) => {
  const key = parseHostKey(line);
  if (typeof key === 'string') context.addIssue({ code: 'custom', message: key });
});

/** What an `sftp` destination is configured with. */
export const sftpConfig = z
  .strictObject({
    host: z.string().min(1).describe('Name or address of the server'),
    port: z.int().min(1).max(65_535).default(22),
    username: z.string().min(1),
    password: secretRef.optional(),
    privateKey: secretRef.optional().describe('An OpenSSH or PEM private key without passphrase'),
    hostKeys: z
      .array(hostKey)
      .min(1, { error: 'give at least one host key; `ssh-keyscan <host>` prints them' })
      .describe('Public keys that the server may show, each "type base64"; any other is refused'),
    directory: z.string().min(1).default('/').describe('Files go below it; relative: from the login folder'),
    overwrite: z
      .enum(['never', 'replace'])
      .default('never')
      .describe('When other bytes stand under the name'),
    concurrency: z.int().min(1).max(64).default(4).describe('Connections at once, one a parcel'),
    timeouts: z
      .strictObject({
        connect: duration.prefault('10s').describe('From the first packet to a usable session'),
        request: duration.prefault('30s').describe('Silence of the server while an answer is due'),
        idle: duration.prefault('5s').describe('An unused connection is closed after this'),
      })
      .prefault({}),
  })
  .refine(config => (config.password === undefined) !== (config.privateKey === undefined), {
    error: 'give either password or privateKey',
    path: ['password'],
  });

export type SftpConfig = z.output<typeof sftpConfig>;
