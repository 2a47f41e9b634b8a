import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../measure/run-program.ts';
import { findProgram, peerEnvironment, programPath } from './installed-program.ts';
import type { Side } from './side.ts';

/** 16 requests at once, and parts as large as everybody's here. */
const configuration = `[default]
s3 =
  max_concurrent_requests = 16
  multipart_threshold = 16MB
  multipart_chunksize = 16MB
  addressing_style = path
`;

export const awsCli: Side = {
  name: 'aws-cli',
  kind: 'peer',
  prefix: '',
  find: () => findProgram('aws', 'awscli', ['--version']),
  async upload({ files, bucket, servers, folder, signal }) {
    const { s3 } = servers;
    const config = join(folder, 'aws-config');
    await writeFile(config, configuration);
    return runProgram(
      {
        command: (await programPath('aws')) ?? 'aws',
        args: [
          '--endpoint-url',
          s3.endpoint,
          's3',
          'cp',
          '--recursive',
          '--only-show-errors',
          files.folder,
          `s3://${bucket}/`,
        ],
        env: peerEnvironment({
          AWS_CONFIG_FILE: config,
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_DEFAULT_REGION: s3.region,
          AWS_ACCESS_KEY_ID: s3.accessKeyId,
          AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
          // Newer versions stream checksums in a form that many stores, Swift among them, refuse.
          AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
        }),
      },
      signal,
    );
  },
};
