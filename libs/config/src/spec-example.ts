import { duration, secretRef } from '@waybill/contract';
import type { AdapterContext, DestinationAdapter, SourceAdapter } from '@waybill/contract';
import { z } from 'zod';

/** What the specs of this folder load: adapters that only remember how they were made, and a configuration of them. */
export const made: { kind: string; options: unknown; context: AdapterContext }[] = [];

export const sources = [
  {
    kind: 'folder',
    title: 'Folder',
    config: z.strictObject({
      path: z.string().min(1),
      finish: z.strictObject({ idle: duration.prefault('10s') }).prefault({}),
      scanEvery: duration.prefault('2s'),
    }),
    create: (options: unknown, context: AdapterContext) => {
      made.push({ kind: 'folder', options, context });
      return {} as SourceAdapter;
    },
  },
];
export const destinations = [
  {
    kind: 'sftp',
    title: 'SFTP',
    config: z
      .strictObject({
        host: z.string(),
        port: z.int().min(1).max(65_535).default(22),
        username: z.string(),
        password: secretRef.optional(),
        privateKey: secretRef.optional(),
        hostKeys: z.array(z.string()).min(1),
        directory: z.string().optional(),
      })
      .refine(one => one.password !== undefined || one.privateKey !== undefined, {
        error: 'give either password or privateKey',
        path: ['password'],
      }),
    create: (options: unknown, context: AdapterContext) => {
      made.push({ kind: 'sftp', options, context });
      return {} as DestinationAdapter;
    },
  },
];

export const whole = `node: court-1
landing: { type: s3, bucket: waybill, endpoint: "http://127.0.0.1:9000", accessKeyId: { env: S3_KEY }, secretAccessKey: { env: S3_SECRET } }
sources:
  - { name: model-csv, type: folder, path: ./inbox/model, finish: { idle: 500ms } }
  - { name: cams, type: folder, path: /cams }
destinations:
  - { name: partner, type: sftp, host: h, username: u, password: { file: ./pw }, hostKeys: [k] }
  - { name: archive, type: sftp, host: h, username: u, password: { env: PW }, hostKeys: [k] }
routes:
  - { from: model-csv, key: "{source}/{date}/{filename}", deliver: [partner, { to: archive, directory: model, after: [partner] }], metadata: media }
  - from: cams
    deliver: []
    deliverIncomplete: true
finalizer: { streamTimeout: 1min }
`;

/** The example with one thing changed. */
export function changed(from: string, to: string): string {
  if (!whole.includes(from)) throw new Error(`the example has no ${from}`);
  return whole.replace(from, to);
}
