import {
  landingSettings,
  loadConfig,
  loadEnvironment,
  type Config,
  type Descriptors,
  type Environment,
} from '@waybill/config';
import { checkSchema, openDatabase, type Database } from '@waybill/state';
import type { AppLog } from '../log/app-log.ts';

/** What every app reads before it starts. */
export interface AppSetting {
  readonly environment: Environment;
  readonly config: Config;
  readonly database: Database;
  /** The landing's name in the rows. An address may change, a bucket's name is what it is. */
  readonly landingName: string;
  readonly landing: ReturnType<typeof landingSettings>;
  /** Resolves when the app may work on its database. */
  readonly check: () => Promise<void>;
}

/** Reads environment and configuration, and opens the database lazily. Throws a ConfigError with its sentence. */
export async function readSetting(log: AppLog, descriptors: Descriptors): Promise<AppSetting> {
  const environment = loadEnvironment();
  const config = await loadConfig(environment.configPath, descriptors);
  const database = openDatabase(environment.databaseUrl.reveal(), {
    onIdleError: error => log.debug(`A database connection broke while idle (${error.message}).`),
  });
  return {
    environment,
    config,
    database,
    landingName: `s3:${config.landing.bucket}`,
    landing: landingSettings(config),
    check: () => checkSchema(database),
  };
}
