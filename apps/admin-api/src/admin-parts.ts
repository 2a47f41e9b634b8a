import type { Database } from '@waybill/state';

/** What the admin API is built on. */
export interface AdminParts {
  readonly database: Database;
  readonly redisUrl: string;
  /** Begins every key in Redis. Default: the queue's own. */
  readonly redisPrefix?: string;
  /** The file that names the apps' addresses; absent: they are not known. */
  readonly appsFile: string | undefined;
}

/** Injection tokens: the Database, and the AdminParts. */
export const DATABASE = Symbol('waybill.Database');
export const ADMIN_PARTS = Symbol('waybill.AdminParts');
