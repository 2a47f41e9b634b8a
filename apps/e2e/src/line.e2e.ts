import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdminClient, isDelivered } from './admin-client.ts';
import { dropFiles, hardNames, manySmall, sizesAtBoundaries } from './dropped-files.ts';
import { bucketDigests, sftpDigests } from './rclone.ts';
import { WaybillRun, type ReadyFile } from './waybill-run.ts';

const minute = 60_000;
let run: WaybillRun;
let ready: ReadyFile;
let admin: AdminClient;

beforeAll(async () => {
  run = await WaybillRun.create();
  await run.configure(`
node: e2e
sources: [{ name: inbox, type: watch-folder, path: ./inbox, finish: { idle: 2s } }]
destinations: [{ name: partner, type: sftp, embedded: true }]
routes: [{ from: inbox, deliver: [partner] }]
`);
  ready = await run.startReady();
  admin = new AdminClient(ready);
}, 2 * minute);
afterAll(() => run.dispose(), minute);

/** Peak memory of a process in bytes (proc_pid_status(5)). */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

describe('npm start on its embedded parts', () => {
  it(
    'takes every size and name from the folder to S3 and to SFTP, whole, with metadata and a waybill that verifies',
    async () => {
      const files = { ...sizesAtBoundaries, ...hardNames, ...manySmall(500), 'large.bin': 300 * 1024 ** 2 };
      const dropped = await dropFiles(run.inbox, files);
      const assets = await admin.until(
        seen =>
          [...dropped.keys()].every(key =>
            [seen.get(key)].every(asset => asset !== undefined && isDelivered(asset)),
          ),
        240,
      );
      expect([...assets.keys()].sort()).toEqual([...dropped.keys()].sort());

      if (ready.s3 === undefined || ready.sftp === undefined)
        throw new Error('ready.json names no embedded parts');
      const objects = await bucketDigests(ready.s3, ready.s3.bucket);
      const delivered = await sftpDigests(ready.sftp, '');
      for (const [key, sha256] of dropped) {
        expect([key, assets.get(key)?.digests.sha256]).toEqual([key, sha256]);
        expect([key, objects.get(`inbox/${key}`)]).toEqual([key, sha256]);
        expect([key, objects.has(`inbox/${key}.metadata.json`)]).toEqual([key, true]);
        expect([key, delivered.get(path.basename(key))]).toEqual([key, sha256]);
      }
      expect(objects.size).toBe(dropped.size * 2);
      expect(delivered.size).toBe(dropped.size);
      for (const key of [...Object.keys(sizesAtBoundaries), ...Object.keys(hardNames), 'large.bin']) {
        const trail = await admin.get<{ verified: boolean }>(`/api/assets/${assets.get(key)?.id}/waybill`);
        expect([key, trail.verified]).toEqual([key, true]);
      }
      for (const [app, { pid }] of Object.entries((await run.ready()).apps)) {
        const megabytes = (await peakMemory(pid)) / 1024 ** 2;
        expect([app, megabytes < 250 ? 'under 250 MiB' : `${Math.round(megabytes)} MiB`]).toEqual([
          app,
          'under 250 MiB',
        ]);
      }
    },
    6 * minute,
  );

  it(
    'stops everything within 20 s at Ctrl-C and leaves no process behind, also after kill -9 of the supervisor',
    async () => {
      const before = Object.values((await run.ready()).apps).map(app => app.pid);
      await run.kill();
      const again = await run.startReady();
      const after = Object.values(again.apps).map(app => app.pid);
      for (const pid of before) expect([pid, isAlive(pid)]).toEqual([pid, false]);
      const { exitCode, seconds } = await run.stop();
      expect(exitCode).toBe(0);
      expect(seconds).toBeLessThan(20);
      for (const pid of after) expect([pid, isAlive(pid)]).toEqual([pid, false]);
      expect(await processesNaming(run.folder)).toEqual([]);
    },
    3 * minute,
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Command lines that name this run's folder: Postgres, Redis and all. */
async function processesNaming(folder: string): Promise<readonly string[]> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout.split('\n').filter(line => line.includes(folder));
}
