import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../measure/run-program.ts';
import { findProgram, peerEnvironment, programPath } from './installed-program.ts';
import type { S3Place } from '../store.ts';
import type { Side } from './side.ts';

const configuration = (s3: S3Place): string => `[default]
access_key = ${s3.accessKeyId}
secret_key = ${s3.secretAccessKey}
host_base = ${new URL(s3.endpoint).host}
host_bucket = ${new URL(s3.endpoint).host}
bucket_location = ${s3.region}
use_https = False
multipart_chunk_size_mb = 16
`;

/** One request at a time: it knows no other way. */
export const s3cmd: Side = {
  name: 's3cmd',
  kind: 'peer',
  prefix: '',
  find: () => findProgram('s3cmd', 's3cmd', ['--version']),
  async upload({ files, bucket, servers, folder, signal }) {
    const config = join(folder, 's3cfg');
    await writeFile(config, configuration(servers.s3), { mode: 0o600 });
    return runProgram(
      {
        command: (await programPath('s3cmd')) ?? 's3cmd',
        args: [
          '-c',
          config,
          '--quiet',
          '--no-progress',
          'put',
          '--recursive',
          `${files.folder}/`,
          `s3://${bucket}/`,
        ],
        env: peerEnvironment({}),
      },
      signal,
    );
  },
};
