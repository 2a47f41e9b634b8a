import { runProgram } from '../measure/run-program.ts';
import { findProgram, peerEnvironment, programPath } from './installed-program.ts';
import type { Side } from './side.ts';

/** As many files at once as every side that can do several: 16; parts of 16 MiB, four at once. */
const tuning = [
  '--transfers',
  '16',
  '--checkers',
  '16',
  '--s3-chunk-size',
  '16M',
  '--s3-upload-concurrency',
  '4',
];

export const rclone: Side = {
  name: 'rclone',
  kind: 'peer',
  prefix: '',
  find: () => findProgram('rclone', 'rclone', ['version']),
  async upload({ files, bucket, servers, signal }) {
    const { s3 } = servers;
    const remote = {
      RCLONE_CONFIG: '/dev/null',
      RCLONE_CONFIG_FAR_TYPE: 's3',
      RCLONE_CONFIG_FAR_PROVIDER: 'Other',
      RCLONE_CONFIG_FAR_ENDPOINT: s3.endpoint,
      RCLONE_CONFIG_FAR_REGION: s3.region,
      RCLONE_CONFIG_FAR_ACCESS_KEY_ID: s3.accessKeyId,
      RCLONE_CONFIG_FAR_SECRET_ACCESS_KEY: s3.secretAccessKey,
    };
    return runProgram(
      {
        command: (await programPath('rclone')) ?? 'rclone',
        args: ['copy', '--s3-no-check-bucket', ...tuning, files.folder, `far:${bucket}`],
        env: peerEnvironment(remote),
      },
      signal,
    );
  },
};
