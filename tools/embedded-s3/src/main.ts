import { readSettings } from './settings.ts';
import { startEmbeddedS3 } from './start-embedded-s3.ts';

/**
 * The embedded S3 server as a process of its own. Prints one line of JSON on standard output when it takes requests:
 * `{ "ready": true, "endpoint": …, "port": … }`. Ends on SIGTERM or SIGINT with code 0; a start that fails says why in one
 * sentence and ends with code 1.
 */
async function main(): Promise<void> {
  const server = await startEmbeddedS3(readSettings(process.env));
  process.stdout.write(`${JSON.stringify({ ready: true, endpoint: server.endpoint, port: server.port })}\n`);
  process.stderr.write('Embedded S3 server: a development aid, not a store to keep files in.\n');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void server.stop().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
