import { mkdir, readFile, realpath, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clearLeftovers } from './clear-leftovers.ts';
import { findOnPath } from './find-on-path.ts';
import { onFreePort } from './on-free-port.ts';
import { pingRedis } from './redis-ping.ts';
import { spawnServer, type Exit, type ServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until.ts';

export interface RedisOptions {
  /** Holds the append-only file, the configuration (0600) and `redis.log`. */
  readonly dataFolder: string;
  /** A free one when absent. */
  readonly port?: number;
  /** Letters, digits, `-` and `_`; without it every local user may connect. */
  readonly password?: string;
  /** For tests: the kernel stops it when this process dies, even by kill -9 (Linux). */
  readonly dieWithParent?: boolean;
}

export interface RunningRedis {
  /** `redis://…/0`, with the password where there is one. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process ended, also by itself. */
  readonly exited: Promise<Exit>;
  /** Saves and ends within 10 s, else by force; safe to call twice. */
  readonly stop: () => Promise<void>;
}

const startMilliseconds = 60_000;

/** A path as a value of a Redis configuration file: quoted, since it may hold spaces. */
const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

const configuration = (folder: string, port: number, password: string | undefined): string =>
  [
    'bind 127.0.0.1',
    `port ${String(port)}`,
    'daemonize no',
    // Bull keeps jobs here: an evicted key would be a lost job.
    'maxmemory-policy noeviction',
    'appendonly yes',
    'save ""',
    `dir ${quoted(folder)}`,
    `pidfile ${quoted(join(folder, 'redis.pid'))}`,
    ...(password === undefined ? [] : [`requirepass ${password}`]),
  ].join('\n') + '\n';

/**
 * Starts a Redis (or Valkey) of our own on 127.0.0.1 alone and waits until its data is loaded. A server that an earlier
 * run left in this folder is stopped first. Rejects with one sentence where none is installed or it doesn't start.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const command = await findOnPath(['redis-server', 'valkey-server']);
  if (command === undefined) {
    throw new Error(
      'Neither redis-server nor valkey-server is installed; install one (Debian: apt-get install redis-server).',
    );
  }
  if (options.password !== undefined && !/^[\w-]+$/.test(options.password)) {
    throw new Error('A Redis password may hold letters, digits, "-" and "_" only.');
  }
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.dataFolder);
  const programs = ['redis-server', 'valkey-server', 'redis-check-rdb', 'valkey-check-rdb'];
  const leader =
    Number.parseInt(await readFile(join(folder, 'redis.pid'), 'utf8').catch(() => ''), 10) || undefined;
  await clearLeftovers({
    folder,
    programs,
    leader,
    signals: [
      ['SIGTERM', 8000],
      ['SIGKILL', 3000],
    ],
  });

  const logFile = join(folder, 'redis.log');
  const launch = async (port: number): Promise<ServerProcess> => {
    await truncate(logFile).catch(() => undefined);
    await writeFile(join(folder, 'redis.conf'), configuration(folder, port, options.password), {
      mode: 0o600,
    });
    const server = await spawnServer({
      name: 'Redis',
      command,
      args: [join(folder, 'redis.conf')],
      logFile,
      cwd: folder,
      dieWithParent: options.dieWithParent ?? false,
    });
    try {
      const patience = { name: `Redis (log: ${logFile})`, milliseconds: startMilliseconds, server };
      await waitUntilReady(() => pingRedis(port, options.password), patience);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  const { port, server } = await onFreePort(options.port, launch);
  const credentials = options.password === undefined ? '' : `default:${options.password}@`;
  return {
    url: `redis://${credentials}127.0.0.1:${String(port)}/0`,
    port,
    pid: server.pid,
    exited: server.exited,
    stop: server.stop,
  };
}
