import { truncate } from 'node:fs/promises';
import pg from 'pg';
import { onFreePort } from './on-free-port.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { openCluster, superuser } from './postgres-cluster.ts';
import { postgresPlace } from './postgres-place.ts';
import { postgresUser } from './postgres-user.ts';
import { spawnServer, type Exit, type ServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until.ts';

export interface PostgresOptions {
  /** Where the data shall lie. Beside it: `<dataFolder>.password` (0600) and `<dataFolder>.log`. */
  readonly dataFolder: string;
  /** A free one when absent. */
  readonly port?: number;
  /** For tests: the kernel stops it when this process dies, even by kill -9 (Linux). */
  readonly dieWithParent?: boolean;
}

export interface RunningPostgres {
  /** `postgresql://…/waybill`, with the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process ended, also by itself. */
  readonly exited: Promise<Exit>;
  /** Fast shutdown within 10 s, else by force; safe to call twice. */
  readonly stop: () => Promise<void>;
}

const database = 'waybill';
const startMilliseconds = 120_000;

const urlOf = (port: number, password: string, name: string): string =>
  `postgresql://${superuser}:${password}@127.0.0.1:${String(port)}/${name}`;

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({
    connectionString: urlOf(port, password, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  // A server that is still recovering closes the connection; the rejection of connect() says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts a Postgres of our own (the programs come from npm) on 127.0.0.1 alone, with the database `waybill`, and waits
 * until it answers. A server that an earlier run left in this folder is stopped first; a killed one recovers.
 *
 * As root it runs as an unprivileged system user. Where that user cannot reach the data folder (a checkout under /root)
 * the data lies in /var/lib/waybill/<hash of the folder>, and a note in the folder says so; see `postgresPlace`.
 * Rejects with one sentence that holds the server's last words.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = await postgresUser(options.dataFolder);
  const place = await postgresPlace(options.dataFolder, user);
  const binaries = await postgresBinaries(user);
  const password = await openCluster(place, binaries, user);
  const launch = async (port: number): Promise<ServerProcess> => {
    await truncate(place.logFile).catch(() => undefined);
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'log_min_messages=warning',
      'timezone=UTC',
      // Four apps and whoever looks on, each with a pool.
      'max_connections=200',
    ];
    const server = await spawnServer({
      name: 'Postgres',
      command: binaries.postgres,
      args: ['-D', place.data, '-p', String(port), ...settings.flatMap(setting => ['-c', setting])],
      logFile: place.logFile,
      cwd: '/',
      user,
      stopSignal: 'SIGINT',
      dieWithParent: options.dieWithParent ?? false,
    });
    try {
      await waitUntilReady(() => createDatabase(port, password), {
        name: `Postgres (log: ${place.logFile})`,
        milliseconds: startMilliseconds,
        server,
      });
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  const { port, server } = await onFreePort(options.port, launch);
  return {
    url: urlOf(port, password, database),
    port,
    pid: server.pid,
    exited: server.exited,
    stop: server.stop,
  };
}
