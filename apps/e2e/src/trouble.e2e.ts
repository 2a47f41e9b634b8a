import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AdminClient, isDelivered, type SeenAsset, type SeenDelivery } from './admin-client.ts';
import { dropFile } from './dropped-files.ts';
import { sftpDigests } from './rclone.ts';
import { growSmall, mountSmall, RealFarEnds } from './real-far-ends.ts';
import { WaybillRun } from './waybill-run.ts';

const minute = 60_000;
let run: WaybillRun;
let far: RealFarEnds;

beforeEach(async () => {
  run = await WaybillRun.create();
  far = new RealFarEnds(run);
  await far.open();
}, minute);
afterEach(async () => {
  await run.dispose();
  await far.close();
}, minute);

interface SeenSource {
  readonly condition?: string;
  readonly state?: string;
  readonly sentence: string | null;
}

const only = (assets: ReadonlyMap<string, SeenAsset>, key: string) => assets.get(key);
const firstDelivery = (assets: ReadonlyMap<string, SeenAsset>, key: string): SeenDelivery | undefined =>
  only(assets, key)?.deliveries[0];

describe('a configuration that cannot work', () => {
  it.each([
    [
      'an unknown key',
      (yaml: string) => yaml.replace('node: e2e', 'node: e2e\nnodes: 3'),
      /waybill\.yaml line \d+.*nodes/,
    ],
    [
      'a route to nowhere',
      (yaml: string) => yaml.replace('deliver: [partner]', 'deliver: [partnr]'),
      /waybill\.yaml line \d+.*partnr.*partner/,
    ],
    [
      'a unit that is none',
      (yaml: string) => yaml.replace('idle: 1s', 'idle: 1 parsec'),
      /waybill\.yaml line \d+.*parsec/,
    ],
    [
      'a secret in the open',
      (yaml: string) => yaml.replace('{ file: ./s3-secret }', 'hunter2'),
      /waybill\.yaml line \d+.*env/,
    ],
  ])(
    'refuses the start with one sentence: %s',
    async (_what, spoil, sentence) => {
      await run.configure(spoil(far.yaml()));
      expect(await run.start()).toEqual({ exitCode: 1 });
      const told = run.output.split('\n').filter(line => sentence.test(line));
      expect(told.length).toBeGreaterThan(0);
      expect(run.output).not.toContain('hunter2');
      expect(run.output).not.toMatch(/\n\s+at /);
    },
    2 * minute,
  );
});

describe('trouble on the way', () => {
  it(
    'a folder that is not there is told, and its files are taken once it is',
    async () => {
      await run.configure(far.yaml({ inbox: './not-yet' }));
      const admin = new AdminClient(await run.startReady());
      const source = await untilValue(
        () => admin.get<SeenSource>('/api/sources/inbox'),
        found => found.sentence?.includes('not-yet') === true,
      );
      expect(source.sentence).toMatch(/not-yet/);
      expect(await run.log('edge-ingester')).toContain('not-yet');
      const waiting = path.join(run.folder, 'prepared');
      await mkdir(waiting);
      await dropFile(waiting, 'late.bin', 1_000);
      await rename(waiting, path.join(run.folder, 'not-yet'));
      await admin.until(
        seen => [only(seen, 'late.bin')].every(asset => asset !== undefined && isDelivered(asset)),
        60,
      );
    },
    3 * minute,
  );

  it(
    'a wrong S3 key fails the asset with a sentence; after the repair a retry delivers it',
    async () => {
      await far.giveSecret('s3-secret', 'not-the-secret');
      await run.configure(far.yaml());
      const admin = new AdminClient(await run.startReady());
      const sha256 = await dropFile(run.inbox, 'precious.bin', 20 * 1024 ** 2);
      const failed = await admin.until(seen => only(seen, 'precious.bin')?.state === 'failed', 60);
      const asset = only(failed, 'precious.bin');
      expect(asset).toMatchObject({ failedStage: 'receive', error: { code: 'unauthorized' } });
      expect(asset?.error?.message).toContain(far.bucket);
      expect(await run.log('edge-ingester')).toContain(asset?.error?.message);
      expect(await run.log('edge-ingester')).not.toContain('not-the-secret');

      await far.giveSecret('s3-secret', far.store.secretAccessKey);
      // Credentials are read when a process first needs them.
      await run.stop();
      const again = new AdminClient(await run.startReady());
      await again.post(`/api/assets/${asset?.id}/retry`, { from: 'receive', reason: 'key corrected' });
      await again.until(
        seen => [only(seen, 'precious.bin')].every(found => found !== undefined && isDelivered(found)),
        60,
      );
      expect((await sftpDigests(far.partner, far.directory)).get('precious.bin')).toBe(sha256);
    },
    4 * minute,
  );

  it(
    'a wrong host key fails the delivery, shows the key that was offered, and sends no byte; after the repair a retry delivers',
    async () => {
      const stranger = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvxUfIr9HzVRF5Ea9wFVpZzG0Jw5rBMHLx0Wk4mDn6g';
      await run.configure(far.yaml({ hostKey: stranger }));
      const admin = new AdminClient(await run.startReady());
      const sha256 = await dropFile(run.inbox, 'owed.bin', 3_000_000);
      const failed = await admin.until(seen => firstDelivery(seen, 'owed.bin')?.state === 'failed', 60);
      const delivery = firstDelivery(failed, 'owed.bin');
      expect(only(failed, 'owed.bin')?.state).toBe('completed');
      expect(delivery?.error).toMatchObject({ code: 'unauthorized' });
      expect(delivery?.error?.message).toMatch(/SHA256:|ssh-ed25519/);
      expect(await run.log('delivery-service')).toContain('host key');

      await run.configure(far.yaml());
      await run.stop();
      const again = new AdminClient(await run.startReady());
      await again.post(`/api/deliveries/${delivery?.id}/retry`, { reason: 'host key corrected' });
      await again.until(
        seen => [only(seen, 'owed.bin')].every(found => found !== undefined && isDelivered(found)),
        60,
      );
      expect((await sftpDigests(far.partner, far.directory)).get('owed.bin')).toBe(sha256);
    },
    4 * minute,
  );

  it(
    'a full disk at the SFTP server leaves nothing half and is told; with room again the file arrives by itself',
    async () => {
      await mkdir(far.folder, { recursive: true });
      const unmount = await mountSmall(far.folder, 4);
      try {
        await run.configure(far.yaml());
        const admin = new AdminClient(await run.startReady());
        const sha256 = await dropFile(run.inbox, 'too-large.bin', 12 * 1024 ** 2);
        const stuck = await admin.until(
          seen => firstDelivery(seen, 'too-large.bin')?.error?.code === 'out-of-space',
          60,
        );
        const delivery = firstDelivery(stuck, 'too-large.bin');
        expect(delivery?.state).not.toBe('delivered');
        expect(delivery?.error?.nextStep).toMatch(/[Ff]ree space/);
        expect(await run.log('delivery-service')).toContain('out-of-space');
        await growSmall(far.folder, 64);
        await admin.post(`/api/deliveries/${delivery?.id}/retry`, { reason: 'room was made' });
        await admin.until(
          seen => [only(seen, 'too-large.bin')].every(found => found !== undefined && isDelivered(found)),
          60,
        );
        expect(await far.partnerNames()).toEqual(['too-large.bin']);
        expect((await sftpDigests(far.partner, far.directory)).get('too-large.bin')).toBe(sha256);
      } finally {
        await unmount();
        await rm(far.folder, { recursive: true, force: true });
      }
    },
    4 * minute,
  );
});

async function untilValue<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const limit = performance.now() + 30_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > limit) throw new Error(`not so after 30 s: ${JSON.stringify(value)}`);
    await new Promise(resolve => setTimeout(resolve, 300));
  }
}
