import type { Database } from './database.ts';

/** The schema this release was made for; `schema_info` in the database says what is there. */
const schemaVersion = 1;

/** The database is reachable and is not one this release can work on. `exitCode` 78: a person has to act. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly exitCode = 78;
}

/**
 * Resolves when this release may work on the database: its own schema, or a newer one that declares this release
 * compatible (design 2.8). Rejects with SchemaError, or with the driver's error where the database is away.
 */
export async function checkSchema(db: Database): Promise<void> {
  const found = await db.$queryRaw<
    { exists: boolean }[]
  >`SELECT to_regclass('schema_info') IS NOT NULL AS exists`;
  const info = found[0]?.exists === true ? await db.schemaInfo.findFirst() : null;
  if (info === null) {
    throw new SchemaError(
      'The database holds no Waybill schema: run the migrations (npm start does) and start again.',
    );
  }
  if (info.version < schemaVersion) {
    throw new SchemaError(
      `The database has schema ${info.version}, this release needs ${schemaVersion}: run the migrations and start again.`,
    );
  }
  if (info.compatible > schemaVersion) {
    throw new SchemaError(
      `The database has schema ${info.version}, which works with releases from schema ${info.compatible} on; this one has ${schemaVersion}: update Waybill.`,
    );
  }
}
