import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { holdServer } from './fixtures/server-holder.ts';
import { startPostgres, type RunningPostgres } from './postgres.ts';
import { isAlive } from './process-table.ts';
import { isRoot } from './run-command.ts';

async function ask(url: unknown, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: String(url) });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const keep = async (url: unknown, text: string): Promise<void> => {
  await ask(url, `CREATE TABLE IF NOT EXISTS kept (text text); INSERT INTO kept VALUES ('${text}')`);
};
const kept = (url: unknown) => ask(url, 'SELECT text FROM kept');

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 20));
};

describe('startPostgres', () => {
  let folder: string;
  let dataFolder: string;
  const running: RunningPostgres[] = [];
  const start = async (): Promise<RunningPostgres> => {
    const server = await startPostgres({ dataFolder, dieWithParent: true });
    running.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await mkdtemp('/var/tmp/waybill postgres-');
    await chmod(folder, 0o711);
    dataFolder = join(folder, 'data');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps the data and the password from one start to the next', async () => {
    const first = await start();
    await keep(first.url, 'grüße');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(await kept(second.url)).toEqual([['grüße']]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect((await stat(`${dataFolder}.password`)).mode & 0o777).toBe(0o600);
  }, 60_000);

  it('listens on 127.0.0.1 alone, in UTF-8, and lets nobody in without the password', async () => {
    const { url } = await start();
    expect(await ask(url, 'SHOW listen_addresses')).toEqual([['127.0.0.1']]);
    expect(await ask(url, 'SHOW unix_socket_directories')).toEqual([['']]);
    expect(await ask(url, 'SHOW server_encoding')).toEqual([['UTF8']]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  }, 60_000);

  it('replaces the server that a killed parent left behind, with all that was written', async () => {
    const holder = await holdServer('postgres', dataFolder);
    const left = Number(holder.server['pid']);
    await keep(holder.server['url'], 'before the kill');
    await holder.kill();
    expect(isAlive(left)).toBe(true);

    const { url } = await start();
    expect(isAlive(left)).toBe(false);
    expect(await kept(url)).toEqual([['before the kill']]);
  }, 60_000);

  it('recovers what was written when Postgres itself is killed', async () => {
    const first = await start();
    await keep(first.url, 'committed');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;

    const second = await start();
    expect(await kept(second.url)).toEqual([['committed']]);
  }, 60_000);

  it('leaves a stranger alone who got the process id of an old server', async () => {
    const first = await start();
    const data = String((await ask(first.url, 'SHOW data_directory'))[0]?.[0]);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const pidFile = join(data, 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));

    const second = await start();
    expect(await ask(second.url, 'SELECT 1')).toEqual([[1]]);
  }, 60_000);

  it('begins anew where an earlier start was killed before the database was made', async () => {
    await mkdir(`${dataFolder}.initdb/base`, { recursive: true });
    await writeFile(`${dataFolder}.password`, 'of the killed start\n');
    const { url } = await start();
    expect(await ask(url, 'SELECT current_database()')).toEqual([['waybill']]);
  }, 60_000);

  it('says what to do when the password of existing data is gone', async () => {
    await (await start()).stop();
    await rm(`${dataFolder}.password`);
    await expect(startPostgres({ dataFolder })).rejects.toThrow(
      /password .* cannot be read from .*; bring that file back/,
    );
  }, 60_000);

  describe('in a folder that only its owner can enter, with umask 077', () => {
    const umask = process.umask();
    beforeEach(async () => {
      await chmod(folder, 0o700);
      process.umask(0o077);
    });
    afterEach(async () => {
      process.umask(umask);
    });

    it('works, keeps its data, and begins empty once the folder was deleted', async () => {
      const first = await start();
      await keep(first.url, 'x');
      const data = String((await ask(first.url, 'SHOW data_directory'))[0]?.[0]);
      expect(dirname(data)).toBe(isRoot() ? '/var/lib/waybill' : folder);
      await first.stop();

      const second = await start();
      expect(await kept(second.url)).toEqual([['x']]);
      await second.stop();

      await rm(dataFolder, { recursive: true });
      const third = await start();
      await expect(kept(third.url)).rejects.toThrow(/relation "kept" does not exist/);
      await third.stop();
      await rm(data, { recursive: true, force: true });
    }, 60_000);
  });

  it('tells its holder when it ends by itself', async () => {
    const { pid, exited } = await start();
    process.kill(pid, 'SIGQUIT');
    await exited;
    await until(() => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  }, 60_000);
});
