import path from 'node:path';
import { StartError } from './start-error.ts';

/** What `npm start` was told, all paths absolute. */
export interface StartSettings {
  /** The checkout: where dist/, prisma/ and inbox/ are. */
  readonly root: string;
  readonly home: string;
  /** The user's configuration; absent: waybill.yaml of the root if there is one, else the embedded one. */
  readonly config: string | undefined;
  readonly adminPort: number;
  /** A Postgres of the user's; absent: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** A Redis of the user's; absent: the embedded one. */
  readonly redisUrl: string | undefined;
}

const defaultAdminPort = 7300;

/** Reads WAYBILL_CONFIG, WAYBILL_HOME, WAYBILL_PORT, DATABASE_URL and REDIS_URL (design, section 7). */
export function startSettings(env: NodeJS.ProcessEnv, root: string, cwd: string): StartSettings {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const config = given('WAYBILL_CONFIG');
  return {
    root,
    home: path.resolve(cwd, given('WAYBILL_HOME') ?? path.join(root, '.waybill')),
    config: config === undefined ? undefined : path.resolve(cwd, config),
    adminPort: adminPort(given('WAYBILL_PORT')),
    databaseUrl: given('DATABASE_URL'),
    redisUrl: given('REDIS_URL'),
  };
}

function adminPort(text: string | undefined): number {
  if (text === undefined) return defaultAdminPort;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new StartError(`WAYBILL_PORT is "${text}", which is no port: set it to a number from 1 to 65535.`);
}
