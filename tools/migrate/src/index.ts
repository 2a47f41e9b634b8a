export { freshDatabase, type FreshDatabase } from './fresh-database.ts';
export { migrate, sqlOfSchema, type MigrateOptions } from './migrate.ts';
