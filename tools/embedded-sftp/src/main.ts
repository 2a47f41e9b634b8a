import { startEmbeddedSftp, type EmbeddedSftpOptions } from './embedded-sftp.ts';
import { settingsFrom } from './settings.ts';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function settings(): EmbeddedSftpOptions {
  try {
    return settingsFrom(process.env);
  } catch (error) {
    console.error(`The embedded SFTP server can't start: ${reasonOf(error)}`);
    process.exit(78);
  }
}

try {
  const server = await startEmbeddedSftp(settings());
  console.log(`SFTP on port ${server.port}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(0)));
  }
} catch (error) {
  console.error(`The embedded SFTP server can't start: ${reasonOf(error)}`);
  process.exit(1);
}
