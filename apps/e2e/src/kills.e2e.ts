import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { AdminClient, isDelivered } from './admin-client.ts';
import { dropFiles, manySmall, sizesAtBoundaries } from './dropped-files.ts';
import { bucketDigests, sftpDigests } from './rclone.ts';
import { RealFarEnds } from './real-far-ends.ts';
import { WaybillRun } from './waybill-run.ts';

const minute = 60_000;
let run: WaybillRun;
let far: RealFarEnds;

beforeAll(async () => {
  run = await WaybillRun.create();
  far = new RealFarEnds(run);
  await far.open();
  await run.configure(far.yaml());
}, 2 * minute);
afterAll(async () => {
  await run.dispose();
  await far.close();
}, minute);

const pause = (seconds: number) => new Promise(resolve => setTimeout(resolve, seconds * 1_000));

async function flushRedis(url: string): Promise<void> {
  await promisify(execFile)('redis-cli', ['-u', url, '--no-auth-warning', 'FLUSHALL']);
}

it(
  'brings every file to Swift and OpenSSH once, whatever is killed in the middle, and leaves nothing half behind',
  async () => {
    const ready = await run.startReady();
    const admin = new AdminClient(ready);
    const killed = ['edge-ingester', 'cloud-finalizer', 'delivery-service', 'redis', 'admin-api', 'postgres'];
    const expected = new Map<string, string>();
    for (const [round, name] of [...killed, 'edge-ingester', 'postgres'].entries()) {
      const sizes = Object.entries(sizesAtBoundaries).map(
        ([key, size]) => [`round-${round}-${key}`, size] as const,
      );
      const small = Object.keys(manySmall(25)).map(
        key => [`round-${round}/${round}-${path.basename(key)}`, 20_000] as const,
      );
      const large = [`round-${round}-large.bin`, 60 * 1024 ** 2] as const;
      const dropped = await dropFiles(run.inbox, Object.fromEntries([...sizes, ...small, large]));
      dropped.forEach((sha256, key) => expected.set(key, sha256));
      // Somewhere between verdict and delivery, another moment each round.
      await pause(1.2 + round * 0.35);
      await run.killChild(name);
      // And all wake-ups are lost, in the same moment or once Redis is back.
      if (round % 3 === 1) await flushRedis(ready.redisUrl);
      await pause(1.5);
    }
    const assets = await admin.until(
      seen =>
        [...expected.keys()].every(key =>
          [seen.get(key)].every(asset => asset !== undefined && isDelivered(asset)),
        ),
      240,
    );

    const objects = await bucketDigests(far.store, far.bucket);
    const delivered = await sftpDigests(far.partner, far.directory);
    for (const [key, sha256] of expected) {
      expect([key, objects.get(`inbox/${key}`)]).toEqual([key, sha256]);
      expect([key, delivered.get(path.basename(key))]).toEqual([key, sha256]);
      expect([key, assets.get(key)?.generation]).toEqual([key, 1]);
      const trail = await admin.get<{ verified: boolean }>(`/api/assets/${assets.get(key)?.id}/waybill`);
      expect([key, trail.verified]).toEqual([key, true]);
    }
    // Once, under its name: no second copy, no temporary file, no upload left open.
    expect([...objects.keys()].filter(key => !key.endsWith('.metadata.json')).sort()).toEqual(
      [...expected.keys()].map(key => `inbox/${key}`).sort(),
    );
    expect([...(await far.partnerNames())].sort()).toEqual(
      [...expected.keys()].map(key => path.basename(key)).sort(),
    );
    expect(await far.openUploads()).toEqual([]);
  },
  8 * minute,
);
