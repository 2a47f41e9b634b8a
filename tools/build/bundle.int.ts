import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { testServers } from '@waybill/servers';

const run = promisify(execFile);

describe('a bundle runs alone', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'waybill-bundle-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  /** Bundles a fixture into an empty folder outside of the checkout and runs it there. */
  async function output(fixture: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
    const folder = path.join(home, fixture);
    await run(process.execPath, ['tools/build/bundle.mjs', `tools/build/fixtures/${fixture}.ts`, folder]);
    expect(await readdir(home)).toEqual([fixture]);
    const { stdout } = await run(process.execPath, [path.join(folder, 'main.js')], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      timeout: 20_000,
    });
    return JSON.parse(stdout);
  }

  it('with Nest, a schedule, class names and pino', async () => {
    expect(await output('http-app')).toEqual({
      ticking: true,
      controller: 'StatusController',
      counter: 'TickCounter',
    });
  });

  it('with Bull and its Lua scripts', async () => {
    const { redisUrl } = testServers();
    expect(await output('bull-queue', { REDIS_URL: redisUrl })).toEqual({ job: 'woken' });
  });

  it('with ssh2 and its native ciphers, where they were built', async () => {
    expect(await output('ssh-echo')).toEqual({ echo: 'echo hello', addons: expect.any(Number) as number });
  });

  it('with the AWS SDK', async () => {
    expect(await output('s3-client')).toEqual({ buckets: ['waybill'] });
  });

  it('with Prisma and its query compiler', async () => {
    const { postgresUrl } = testServers();
    expect(await output('database-client', { DATABASE_URL: postgresUrl })).toEqual({
      rows: [{ answer: 42 }],
    });
  });

  it('says in one sentence what it could not bundle', async () => {
    const failure = await run(process.execPath, [
      'tools/build/bundle.mjs',
      'no/such.ts',
      path.join(home, 'out'),
    ]).then(
      () => 'built',
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).toContain('Could not bundle no/such.ts');
    expect(await readdir(home)).toEqual([]);
  });
});
