import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../checkout.ts';
import { runProgram } from '../measure/run-program.ts';
import { peerEnvironment } from './installed-program.ts';
import type { Side } from './side.ts';

const program = join(checkout, 'node_modules', '.cache', 'waybill', 'bench', 'sdk-loop.mjs');

function sdkLoop(mode: 'plain' | 'sha256'): Side {
  return {
    name: mode === 'plain' ? 'sdk-loop' : 'sdk-loop-sha256',
    kind: 'floor',
    prefix: '',
    async find() {
      const manifest = join(checkout, 'node_modules', '@aws-sdk', 'client-s3', 'package.json');
      const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
      return { version };
    },
    upload: ({ files, bucket, servers, signal }) =>
      runProgram(
        {
          command: process.execPath,
          args: [program, files.folder, bucket, mode],
          env: peerEnvironment({
            BENCH_S3_ENDPOINT: servers.s3.endpoint,
            BENCH_S3_REGION: servers.s3.region,
            BENCH_S3_KEY: servers.s3.accessKeyId,
            BENCH_S3_SECRET: servers.s3.secretAccessKey,
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
          }),
        },
        signal,
      ),
  };
}

/** What Amazon's client can do when nothing is kept, without and with the digest that Waybill always takes. */
export const sdkLoops: readonly Side[] = [sdkLoop('plain'), sdkLoop('sha256')];
