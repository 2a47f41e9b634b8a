export { migrate, sqlOfSchema, type MigrateOptions } from './migrate.ts';
