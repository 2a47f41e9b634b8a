import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { testServers } from '@waybill/servers';
import { Client } from 'pg';
import { freshDatabase } from './fresh-database.ts';
import { migrate, sqlOfSchema } from './migrate.ts';

const prismaFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../prisma');

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('migrations without the native engine', () => {
  it('apply once, in Prisma’s own books, and leave the tables that schema.prisma describes', async () => {
    const fresh = await freshDatabase(testServers().postgresUrl);
    try {
      const books = await query(
        fresh.url,
        'SELECT migration_name, checksum, finished_at FROM _prisma_migrations ORDER BY 1',
      );
      expect(books.length).toBeGreaterThan(0);
      expect(
        books.every(book => book['finished_at'] !== null && /^[0-9a-f]{64}$/.test(String(book['checksum']))),
      ).toBe(true);
      expect(await migrate(fresh.url, { prismaFolder })).toEqual({ applied: [] });
      const wanted = [...(await sqlOfSchema(fresh.url, prismaFolder)).matchAll(/CREATE TABLE "(\w+)"/g)].map(
        match => match[1],
      );
      const rows = await query(
        fresh.url,
        `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
      );
      const there = rows.map(row => String(row['table_name']));
      expect(there.filter(name => name !== '_prisma_migrations').sort()).toEqual(wanted.sort());
    } finally {
      await fresh.drop();
    }
  });

  it('leave nothing of a migration that fails, and say which one it was', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'waybill-migrations-'));
    const fresh = await freshDatabase(testServers().postgresUrl);
    try {
      await cp(prismaFolder, folder, { recursive: true });
      const broken = path.join(folder, 'migrations', '29991231000000_broken');
      await mkdir(broken);
      await writeFile(
        path.join(broken, 'migration.sql'),
        'CREATE TABLE half (id int); SELECT * FROM nowhere;',
      );
      await expect(migrate(fresh.url, { prismaFolder: folder })).rejects.toThrow(/29991231000000_broken/);
      expect(await query(fresh.url, `SELECT to_regclass('half') AS found`)).toEqual([{ found: null }]);
    } finally {
      await fresh.drop();
      await rm(folder, { recursive: true });
    }
  });

  it('never apply a migration twice, also when its text was edited since', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'waybill-migrations-'));
    const fresh = await freshDatabase(testServers().postgresUrl);
    try {
      await cp(prismaFolder, folder, { recursive: true });
      await appendFile(
        path.join(folder, 'migrations', '20261120130000_init', 'migration.sql'),
        '\n-- edited',
      );
      expect(await migrate(fresh.url, { prismaFolder: folder })).toEqual({ applied: [] });
    } finally {
      await fresh.drop();
      await rm(folder, { recursive: true });
    }
  });
});
