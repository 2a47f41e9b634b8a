import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  freePort,
  installDebianPackages,
  openSshPackages,
  spawnServer,
  startOpenSsh,
  startPostgres,
  startRedis,
  startSwift,
  swiftPackages,
  waitUntilReady,
  type RunningOpenSsh,
} from '@waybill/servers';
import { checkout } from './checkout.ts';
import type { BenchOptions } from './options.ts';
import type { S3Place } from './store.ts';

/** What the sides work with; every server listens on 127.0.0.1 alone. */
export interface BenchServers {
  readonly s3: S3Place;
  readonly postgres: { readonly url: string; readonly pid: number };
  readonly redis: { readonly url: string; readonly pid: number };
  readonly sftp: Omit<RunningOpenSsh, 'stop'>;
}

type Stop = () => Promise<void>;

/** Starts them one after the other; `stops` gets what ends each, also when a later one does not start. */
export async function startBenchServers(
  folder: string,
  { server }: BenchOptions,
  stops: Stop[],
): Promise<BenchServers> {
  const swift = server === 'swift';
  await installDebianPackages([...(swift ? swiftPackages : []), ...openSshPackages, 'redis-server']);
  const keep = <T extends { readonly stop: Stop }>(started: T): T => {
    stops.unshift(started.stop);
    return started;
  };
  const place = (name: string) => ({ dataFolder: join(folder, name), dieWithParent: true });
  const postgres = keep(await startPostgres(place('postgres')));
  const redis = keep(await startRedis(place('redis')));
  const sftp = keep(await startOpenSsh(place('openssh')));
  const s3 = keep(await (swift ? startSwift(place('swift')) : startEmbeddedS3(folder)));
  return { s3, postgres, redis, sftp };
}

/** The S3 server of `npm start`, as a process of its own. */
async function startEmbeddedS3(folder: string): Promise<S3Place & { readonly stop: Stop }> {
  const access = {
    region: 'us-east-1',
    accessKeyId: 'bench',
    secretAccessKey: randomBytes(16).toString('hex'),
  };
  const port = await freePort();
  const server = await spawnServer({
    name: 'The embedded S3 server',
    command: process.execPath,
    args: [join(checkout, 'dist', 'tools', 'embedded-s3', 'main.js')],
    logFile: join(folder, 'embedded-s3.log'),
    cwd: folder,
    dieWithParent: true,
    env: {
      ...process.env,
      WAYBILL_S3_FOLDER: join(folder, 's3'),
      WAYBILL_S3_PORT: String(port),
      WAYBILL_S3_REGION: access.region,
      WAYBILL_S3_ACCESS_KEY_ID: access.accessKeyId,
      WAYBILL_S3_SECRET_ACCESS_KEY: access.secretAccessKey,
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    const patience = { name: 'The embedded S3 server', milliseconds: 20_000, server };
    // Any answer shows that it listens: without a signature it refuses.
    await waitUntilReady(async () => void (await (await fetch(endpoint)).arrayBuffer()), patience);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { endpoint, ...access, stop: server.stop };
}
