import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Queryable } from './database.ts';

export const apiRoles = ['viewer', 'operator', 'admin'] as const;

export type ApiRole = (typeof apiRoles)[number];

/** Who a key belongs to. */
export interface ApiCaller {
  readonly id: string;
  readonly name: string;
  readonly role: ApiRole;
}

/** Keys are long random texts, so a plain SHA-256 can't be guessed back; the key itself is never stored. */
const digest = (key: string) => createHash('sha256').update(key).digest('hex');

/** The caller behind a key; undefined for a key that is unknown or revoked. */
export async function findApiCaller(db: Queryable, key: string): Promise<ApiCaller | undefined> {
  const rows = await db.$queryRaw<ApiCaller[]>`
    SELECT k.id::text AS "id", k.name, k.role FROM api_keys k
    WHERE k.key_sha256 = ${digest(key)} AND k.revoked_at IS NULL`;
  return rows[0];
}

export interface NewApiKey {
  readonly name: string;
  readonly role: ApiRole;
  readonly key: string;
}

/** Makes a key known by its hash. Repeatable: a key that is known stays as it is. */
export async function addApiKey(db: Queryable, { name, role, key }: NewApiKey): Promise<void> {
  await db.$executeRaw`
    INSERT INTO api_keys (id, name, role, key_sha256, created_at)
    VALUES (${uuidv7()}::uuid, ${name}, ${role}, ${digest(key)}, now())
    ON CONFLICT (key_sha256) DO NOTHING`;
}

/** addApiKey, for a caller that has no database open. */
export async function registerApiKey(databaseUrl: string, key: NewApiKey): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    await addApiKey(db, key);
  } finally {
    await db.$disconnect();
  }
}
