import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema = z.object({
  postgresUrl: z.string(),
  redisUrl: z.string(),
  s3: z.object({
    endpoint: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  sftp: z.object({
    host: z.string(),
    port: z.number(),
    username: z.string(),
    password: z.string(),
    /** In OpenSSH's own format. */
    privateKey: z.string(),
    /** `ssh-ed25519 AAAA…`, one a key of the server. */
    hostKeys: z.array(z.string()),
    /** The folder on this disk that a session sees as `/`: `/upload/x` is `<root>/upload/x`. */
    root: z.string(),
  }),
});

/** Where the real servers that tests run against answer. */
export type TestServers = z.infer<typeof schema>;

/** The file that tells of running test servers: WAYBILL_TEST_SERVERS, else in the working folder. */
export const testServersFile = (): string =>
  process.env['WAYBILL_TEST_SERVERS'] ?? '.waybill/test-servers.json';

/**
 * The real servers that `npm test` or `npm run test:servers` started. Throws one sentence where none run: a test that
 * lacks its server fails, it never skips.
 */
export function testServers(): TestServers {
  const file = testServersFile();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(
      `No test servers run (${file} cannot be read); use "npm test", or keep "npm run test:servers" running.`,
      {
        cause,
      },
    );
  }
  return schema.parse(JSON.parse(text));
}
