import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { AdminClient, isDelivered } from './admin-client.ts';
import { bucketDigests } from './rclone.ts';
import { RealFarEnds } from './real-far-ends.ts';
import { WaybillRun, type ReadyFile } from './waybill-run.ts';

const minute = 60_000;
const mebibyte = 1024 ** 2;
let run: WaybillRun;
let far: RealFarEnds;
let ready: ReadyFile;
let admin: AdminClient;

beforeAll(async () => {
  run = await WaybillRun.create();
  far = new RealFarEnds(run);
  await far.open();
  await run.configure(
    far.yaml().replace('path: ./inbox,', 'path: ./inbox, mode: growing,').replace('idle: 1s', 'idle: 4s'),
  );
  ready = await run.startReady();
  admin = new AdminClient(ready);
}, 2 * minute);
afterAll(async () => {
  await run.dispose();
  await far.close();
}, minute);

interface Moving {
  readonly state: string;
  readonly size: number;
  readonly bytesSent: number;
  readonly generation: number;
}

/** Writes as a recorder does: a piece every tenth of a second; answers the SHA-256 of what lies there at the end. */
async function record(
  name: string,
  seconds: number,
  bytesPerSecond: number,
  atClose?: (path: string) => Promise<void>,
) {
  const file = path.join(run.inbox, name);
  const handle = await open(file, 'w');
  for (let tick = 0; tick < seconds * 10; tick += 1) {
    const began = performance.now();
    await handle.write(randomBytes(bytesPerSecond / 10));
    await new Promise(resolve => setTimeout(resolve, Math.max(0, 100 - (performance.now() - began))));
  }
  await handle.close();
  await atClose?.(file);
  return digestOf(file);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const landedDigest = async (name: string) =>
  (await bucketDigests(far.store, far.bucket)).get(`inbox/${name}`);

describe('files that are sent while they grow', () => {
  it(
    'are nearly all sent when the writer stops, and whole soon after',
    async () => {
      const sha256 = await record('take.mov', 15, 8 * mebibyte);
      const stoppedAt = performance.now();
      const atStop = (await admin.assets()).get('take.mov') as unknown as Moving;
      expect(atStop.state).toBe('receiving');
      expect(atStop.bytesSent).toBeGreaterThanOrEqual(0.8 * 120 * mebibyte);
      const assets = await admin.until(
        seen => [seen.get('take.mov')].every(one => one !== undefined && isDelivered(one)),
        60,
      );
      // The verdict takes 4 s; the rest is completion, metadata and the delivery of 120 MiB on a busy machine.
      expect((performance.now() - stoppedAt) / 1_000).toBeLessThan(25);
      expect(assets.get('take.mov')).toMatchObject({ generation: 1, digests: { sha256 } });
      expect(await landedDigest('take.mov')).toBe(sha256);
    },
    3 * minute,
  );

  it(
    'are whole although header and middle are rewritten at the close, and the edge is killed while they grow',
    async () => {
      const rewrite = async (file: string) => {
        const handle = await open(file, 'r+');
        await handle.write(Buffer.from('moov at the front'), 0, 17, 16);
        await handle.write(Buffer.from('index'), 0, 5, 33 * mebibyte);
        await handle.close();
      };
      const recording = record('killed.mov', 12, 6 * mebibyte, rewrite);
      for (const seconds of [3, 3, 3]) {
        await new Promise(resolve => setTimeout(resolve, seconds * 1_000));
        await run.killChild('edge-ingester');
      }
      const sha256 = await recording;
      const assets = await admin.until(
        seen => [seen.get('killed.mov')].every(one => one !== undefined && isDelivered(one)),
        90,
      );
      expect(assets.get('killed.mov')).toMatchObject({ generation: 1, digests: { sha256 } });
      expect(await landedDigest('killed.mov')).toBe(sha256);
      expect(await far.openUploads()).toEqual([]);
    },
    4 * minute,
  );

  it(
    'that resume after the verdict become a second generation, and nothing is lost',
    async () => {
      const first = await record('stalled.mov', 3, 8 * mebibyte);
      await admin.until(seen => seen.get('stalled.mov')?.state === 'completed', 60);
      const handle = await open(path.join(run.inbox, 'stalled.mov'), 'a');
      await handle.write(randomBytes(10 * mebibyte));
      await handle.close();
      const second = await digestOf(path.join(run.inbox, 'stalled.mov'));
      const assets = await admin.until(
        seen => [seen.get('stalled.mov')].every(one => one?.generation === 2 && one.state === 'completed'),
        60,
      );
      const objects = await bucketDigests(far.store, far.bucket);
      expect(assets.get('stalled.mov')?.digests.sha256).toBe(second);
      expect(objects.get('inbox/stalled.mov')).toBe(first);
      expect(objects.get('inbox/stalled~2.mov')).toBe(second);
    },
    3 * minute,
  );
});
