import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../checkout.ts';
import { totalSize } from '../file-set.ts';
import type { Figures } from '../measure/figures.ts';
import { PeakMemory } from '../measure/peak-memory.ts';
import { treeMemory, treeSeconds } from '../measure/process-tree.ts';
import { waitForAssets } from './asset-progress.ts';
import { runDatabase } from './run-database.ts';
import type { Side, Task } from './side.ts';
import { WaybillApps, type AppName } from './waybill-apps.ts';

const source = 'inbox';
const secretNames = { BENCH_S3_KEY: 'accessKeyId', BENCH_S3_SECRET: 'secretAccessKey' } as const;

const yaml = (value: unknown): string => JSON.stringify(value);

function configuration({ bucket, servers }: Task, delivers: boolean): string {
  const { s3, sftp } = servers;
  const landing = {
    type: 's3',
    bucket,
    endpoint: s3.endpoint,
    region: s3.region,
    accessKeyId: { env: 'BENCH_S3_KEY' },
    secretAccessKey: { env: 'BENCH_S3_SECRET' },
  };
  const partner = {
    name: 'partner',
    type: 'sftp',
    host: sftp.host,
    port: sftp.port,
    username: sftp.username,
    password: { env: 'BENCH_SFTP_PASSWORD' },
    hostKeys: sftp.hostKeys,
    directory: '/upload',
  };
  return `node: bench
landing: ${yaml(landing)}
sources: [{ name: ${source}, type: watch-folder, path: ./${source}, finish: { idle: 1s } }]
destinations: ${yaml(delivers ? [partner] : [])}
routes: [{ from: ${source}, metadata: never, deliver: ${yaml(delivers ? ['partner'] : [])} }]
`;
}

interface Leg {
  readonly name: string;
  readonly kind: Side['kind'];
  /** The edge first. */
  readonly apps: readonly AppName[];
  readonly delivers: boolean;
}

/** One run: apps and database are new, and ready, before the files are moved into the watch folder. */
async function run(task: Task, leg: Leg): Promise<Figures> {
  const { servers, files, folder, signal } = task;
  const inbox = join(folder, source);
  await mkdir(inbox);
  const database = await runDatabase(servers.postgres.url);
  const secrets = {
    ...Object.fromEntries(Object.entries(secretNames).map(([name, key]) => [name, servers.s3[key]])),
    BENCH_SFTP_PASSWORD: servers.sftp.password,
  };
  const place = { configuration: configuration(task, leg.delivers), secrets, databaseUrl: database.url };
  const apps = await WaybillApps.start(task, place, leg.apps);
  const memory = new PeakMemory(apps.pids);
  const home = join(inbox, 'files');
  try {
    const before = seconds(task, apps);
    const dropped = Date.now();
    await rename(files.folder, home);
    const moments = await waitForAssets(
      {
        databaseUrl: database.url,
        files: files.files.size,
        delivered: leg.delivers,
        check: () => apps.expectAlive(),
      },
      signal,
    ).finally(() => rename(home, files.folder));
    const after = seconds(task, apps);
    const end = (leg.delivers ? moments.lastDelivered : undefined) ?? moments.lastLanded;
    if (leg.delivers) await verifyDelivered(task);
    return {
      wall: (end - moments.firstReady) / 1_000,
      cpu: after.apps - before.apps,
      peak: memory.stop(),
      more: {
        fromDrop: (end - dropped) / 1_000,
        stateCpu: after.state - before.state,
        edgePeak: Math.max(...treeMemory(apps.pids.slice(0, 1)).map(({ peak }) => peak)),
      },
    };
  } finally {
    memory.stop();
    await apps.stop();
    await database.drop();
  }
}

const seconds = ({ servers }: Task, apps: WaybillApps) => ({
  apps: treeSeconds(apps.pids),
  state: treeSeconds([servers.postgres.pid, servers.redis.pid]),
});

/** What the partner sees on the disk of the SFTP server; then room is made for the next run. */
async function verifyDelivered({ servers, files }: Task): Promise<void> {
  const upload = join(servers.sftp.root, 'upload');
  const names = await readdir(upload);
  const sizes = await Promise.all(names.map(async name => (await stat(join(upload, name))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await Promise.all(names.map(name => rm(join(upload, name), { recursive: true })));
  if (names.length !== files.files.size || total !== totalSize(files))
    throw new Error(
      `The partner got ${names.length} files, ${total} bytes; ${files.files.size} files, ${totalSize(files)} bytes were owed.`,
    );
}

const side = (leg: Leg): Side => ({
  name: leg.name,
  kind: leg.kind,
  prefix: `${source}/files/`,
  async find() {
    const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { version };
  },
  upload: task => run(task, leg),
});

/** What compares with the peers: from the finish verdict to the proof of every object, with all of Waybill's state. */
export const waybillLanding = side({
  name: 'waybill-landing',
  kind: 'waybill',
  apps: ['edge-ingester', 'cloud-finalizer'],
  delivers: false,
});

/** The whole line: the same, and every file delivered to a partner by SFTP. */
export const waybillLine = side({
  name: 'waybill-line',
  kind: 'line',
  apps: ['edge-ingester', 'cloud-finalizer', 'delivery-service'],
  delivers: true,
});
