import { migrate } from './migrate.ts';

const databaseUrl = process.env['DATABASE_URL'];
if (databaseUrl === undefined || databaseUrl === '') {
  console.error('DATABASE_URL is not set: give the address of the Postgres database to migrate.');
  process.exit(78);
}
try {
  const { applied } = await migrate(databaseUrl, { prismaFolder: process.argv[2] ?? 'prisma' });
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`);
  process.exit(0);
} catch (error) {
  console.error(`The migration failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
