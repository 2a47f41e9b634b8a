import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './start-error.ts';

/** Where things lie below $WAYBILL_HOME. */
export interface HomeFolder {
  readonly path: string;
  readonly run: string;
  readonly logs: string;
  readonly postgres: string;
  readonly redis: string;
  readonly s3: string;
  readonly sftp: string;
  readonly sftpHostKey: string;
  readonly secrets: string;
  readonly ports: string;
  readonly ready: string;
  readonly embeddedConfiguration: string;
  readonly s3Access: string;
  readonly sftpAccess: string;
  readonly rclone: string;
  readonly aws: string;
}

/** Makes the home folder where it is missing. Throws one sentence when it can't be used. */
export function openHome(wanted: string): HomeFolder {
  try {
    mkdirSync(path.join(wanted, 'run'), { recursive: true });
    mkdirSync(path.join(wanted, 'logs'), { recursive: true });
    for (const folder of ['.', 'run', 'logs']) accessSync(path.join(wanted, folder), constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${wanted} can't be made or written (${code ?? 'unknown error'}): give it to the user who runs npm start, or set WAYBILL_HOME to another folder.`,
      { cause },
    );
  }
  const home = realpathSync(wanted);
  const below = (name: string): string => path.join(home, name);
  return {
    path: home,
    run: below('run'),
    logs: below('logs'),
    postgres: below('postgres'),
    redis: below('redis'),
    s3: below('s3'),
    sftp: below('sftp'),
    sftpHostKey: below('sftp-host-key'),
    secrets: below('secrets.json'),
    ports: below('ports.json'),
    ready: below('ready.json'),
    embeddedConfiguration: below('embedded.yaml'),
    s3Access: below('embedded-s3.json'),
    sftpAccess: below('embedded-sftp.json'),
    rclone: below('rclone.conf'),
    aws: below('aws.conf'),
  };
}
