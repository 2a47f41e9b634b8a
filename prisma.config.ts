import { defineConfig } from 'prisma/config';

/** Only for Prisma's own command line (`prisma generate`, `prisma migrate deploy`); the apps read libs/config. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://unset.invalid/waybill' },
});
