import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdServer } from './fixtures/server-holder.ts';
import { freePort } from './free-ports.ts';
import { isAlive } from './process-table.ts';
import { startRedis, type RedisOptions, type RunningRedis } from './redis.ts';
import { runCommand } from './run-command.ts';

const cli = async (url: unknown, ...command: string[]): Promise<string> =>
  (await runCommand('redis-cli', ['--no-auth-warning', '-u', String(url), ...command])).trim();

describe('startRedis', () => {
  let folder: string;
  let dataFolder: string;
  const running: RunningRedis[] = [];
  const start = async (options: Partial<RedisOptions> = {}): Promise<RunningRedis> => {
    const server = await startRedis({ dataFolder, dieWithParent: true, ...options });
    running.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await mkdtemp('/var/tmp/waybill-redis-');
    dataFolder = join(folder, 'a folder "with" quotes');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps the data from one start to the next and never evicts', async () => {
    const first = await start();
    await cli(first.url, 'SET', 'key', 'value');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await cli(second.url, 'GET', 'key')).toBe('value');
    expect(await cli(second.url, 'CONFIG', 'GET', 'maxmemory-policy')).toContain('noeviction');
  }, 60_000);

  it('replaces the server that a killed parent left behind, with all that was written', async () => {
    const holder = await holdServer('redis', dataFolder);
    const left = Number(holder.server['pid']);
    await cli(holder.server['url'], 'SET', 'key', 'before the kill');
    await holder.kill();
    expect(isAlive(left)).toBe(true);

    const { url } = await start();
    expect(isAlive(left)).toBe(false);
    expect(await cli(url, 'GET', 'key')).toBe('before the kill');
  }, 60_000);

  it('comes back with its data when Redis itself is killed', async () => {
    const first = await start();
    await cli(first.url, 'SET', 'key', 'written');
    // The append-only file is synced once a second.
    await sleep(1500);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await cli(second.url, 'GET', 'key')).toBe('written');
  }, 60_000);

  it('asks for the password where one is set', async () => {
    const { url, port } = await start({ password: 'a-secret' });
    expect(await cli(url, 'PING')).toBe('PONG');
    expect(await cli(`redis://127.0.0.1:${String(port)}/0`, 'PING')).toContain('NOAUTH');
  }, 60_000);

  it('leaves the server of another folder alone', async () => {
    const other = await start();
    await start({ dataFolder: join(folder, 'another') });
    expect(await cli(other.url, 'PING')).toBe('PONG');
  }, 60_000);

  it('fails with the reason when its port is taken', async () => {
    const port = await freePort();
    const stranger = createServer().listen(port, '127.0.0.1');
    try {
      await expect(startRedis({ dataFolder, port })).rejects.toThrow(
        /Redis .* ended while .* Address already in use/,
      );
    } finally {
      stranger.close();
    }
  }, 60_000);
});
