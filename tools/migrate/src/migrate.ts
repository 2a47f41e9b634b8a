import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readMigrations } from './migrations-folder.ts';
import { openSchemaEngine } from './schema-engine.ts';

const noFilters = { externalTables: [], externalEnums: [] };

export interface MigrateOptions {
  /** The folder that holds schema.prisma and migrations/. Default: `prisma` in the working directory. */
  readonly prismaFolder?: string;
}

/**
 * Brings a database to this release's schema, as `prisma migrate deploy` would: applies what is missing, in order, and
 * records it in `_prisma_migrations`. Repeatable. Rejects when a migration fails or an applied one was edited.
 */
export async function migrate(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<{ readonly applied: readonly string[] }> {
  const folder = path.resolve(options.prismaFolder ?? 'prisma');
  const lockPath = path.join(folder, 'migrations', 'migration_lock.toml');
  const [datamodel, lock, migrations] = await Promise.all([
    readFile(path.join(folder, 'schema.prisma'), 'utf8'),
    readFile(lockPath, 'utf8'),
    readMigrations(path.join(folder, 'migrations')),
  ]);
  const { engine, close } = await openSchemaEngine(databaseUrl, datamodel);
  try {
    const result = await engine.applyMigrations({
      migrationsList: {
        baseDir: path.join(folder, 'migrations'),
        lockfile: { path: 'migration_lock.toml', content: lock },
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
        shadowDbInitScript: '',
      },
      filters: noFilters,
    });
    return { applied: result.appliedMigrationNames };
  } finally {
    await close();
  }
}

/** The SQL that leads from an empty database to schema.prisma: where a new migration's text starts from. */
export async function sqlOfSchema(databaseUrl: string, prismaFolder: string): Promise<string> {
  const schemaPath = path.join(prismaFolder, 'schema.prisma');
  const content = await readFile(schemaPath, 'utf8');
  const { engine, close } = await openSchemaEngine(databaseUrl, content);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content }] },
      script: true,
      exitCode: null,
      filters: noFilters,
    });
    return stdout ?? '';
  } finally {
    await close();
  }
}
