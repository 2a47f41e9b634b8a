import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/** One folder of prisma/migrations, in Prisma's own form. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Migrations oldest first: Prisma orders them by name. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
  return Promise.all(
    names
      .sort()
      .map(async name => ({ name, sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') })),
  );
}
