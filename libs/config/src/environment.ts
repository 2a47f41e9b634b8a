import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { Secret } from './secret.ts';

/** What an app is told by its surroundings. */
export interface Environment {
  /** Holds a password. */
  readonly databaseUrl: Secret;
  /** May hold a password. */
  readonly redisUrl: Secret;
  /** Absolute path of waybill.yaml. */
  readonly configPath: string;
  /** Where the app listens; 0: any free port. */
  readonly port: number;
  /** The address it listens on, from HOST; absent: the app's own choice. */
  readonly host: string | undefined;
  /** The admin API's key, from WAYBILL_API_KEY; only admin-api needs one. */
  readonly apiKey: Secret | undefined;
  /** Absolute path of the file that names the apps' addresses (ready.json), from WAYBILL_APPS; only admin-api reads it. */
  readonly appsFile: string | undefined;
}

/**
 * Reads DATABASE_URL, REDIS_URL, WAYBILL_CONFIG (default: waybill.yaml here), PORT, HOST, WAYBILL_API_KEY and
 * WAYBILL_APPS; throws one ConfigError.
 */
export function loadEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return Object.freeze({
    databaseUrl: address(
      variables,
      'DATABASE_URL',
      ['postgresql:', 'postgres:'],
      'postgresql://user:password@host:5432/waybill',
    ),
    redisUrl: address(variables, 'REDIS_URL', ['redis:', 'rediss:'], 'redis://host:6379'),
    configPath: resolve(variables['WAYBILL_CONFIG'] ?? 'waybill.yaml'),
    port: port(variables),
    host: variables['HOST'] === '' ? undefined : variables['HOST'],
    apiKey: apiKey(variables),
    appsFile: appsFile(variables),
  });
}

function address(
  variables: NodeJS.ProcessEnv,
  name: string,
  protocols: readonly string[],
  example: string,
): Secret {
  const text = variables[name];
  if (text === undefined || text === '') {
    throw new ConfigError(`The environment variable ${name} is not set. Set it, such as ${example}.`);
  }
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!protocols.includes(protocol)) {
    throw new ConfigError(
      `The environment variable ${name} is no address that starts with ${protocols.map(one => `${one}//`).join(' or ')}. Write one such as ${example}.`,
    );
  }
  return new Secret(text);
}

function port(variables: NodeJS.ProcessEnv): number {
  const text = variables['PORT'];
  if (text === undefined || text === '') {
    throw new ConfigError(
      'The environment variable PORT is not set. Set it to the port this app shall listen on.',
    );
  }
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  throw new ConfigError(
    `The environment variable PORT is "${text}", which is no port. Set it to a number from 0 to 65535.`,
  );
}

function apiKey(variables: NodeJS.ProcessEnv): Secret | undefined {
  const text = variables['WAYBILL_API_KEY'];
  if (text === undefined || text === '') return undefined;
  if (text.length >= 16) return new Secret(text);
  throw new ConfigError(
    'The environment variable WAYBILL_API_KEY is shorter than 16 characters. Set a longer, random one.',
  );
}

function appsFile(variables: NodeJS.ProcessEnv): string | undefined {
  const text = variables['WAYBILL_APPS'];
  return text === undefined || text === '' ? undefined : resolve(text);
}
