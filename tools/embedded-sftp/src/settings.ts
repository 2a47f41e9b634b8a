import type { EmbeddedSftpOptions } from './embedded-sftp.ts';

/** Reads `WAYBILL_SFTP_*`; throws with one sentence that names what is missing or wrong. */
export function settingsFrom(env: NodeJS.ProcessEnv): EmbeddedSftpOptions {
  const required = (name: string): string => {
    const value = env[`WAYBILL_SFTP_${name}`];
    if (value === undefined || value === '') throw new Error(`WAYBILL_SFTP_${name} is not set.`);
    return value;
  };
  const port = Number(required('PORT'));
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error('WAYBILL_SFTP_PORT is not a port: give a number from 0 to 65535.');
  }
  return {
    root: required('ROOT'),
    port,
    username: required('USERNAME'),
    password: required('PASSWORD'),
    hostKeyFile: required('HOST_KEY_FILE'),
  };
}
