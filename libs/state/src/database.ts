import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './generated/client.ts';

export interface DatabaseOptions {
  /** Connections of this process. */
  readonly max?: number;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** The one way to Postgres. Every repository function takes it as its first argument. */
export type Database = PrismaClient;

/** What a repository function needs: the client itself, or a transaction on it. */
export type Queryable = Pick<Database, '$queryRaw' | '$executeRaw'>;

/** Opens lazily: a database that is away makes the first statement fail, not this call. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = {
    connectionString: url,
    max: options.max ?? 8,
    connectionTimeoutMillis: 5_000,
    // A statement that outlives this was caught by a dead network or a lock that nobody lets go.
    query_timeout: 60_000,
    keepAlive: true,
  };
  const adapter = new PrismaPg(pool, { onPoolError: error => options.onIdleError?.(error) });
  return new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

/** Resolves when a statement went through. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}

/** A set of rows as the one JSON argument of a statement. */
export function asJson(rows: unknown): Prisma.Sql {
  return Prisma.sql`${JSON.stringify(rows)}::jsonb`;
}

export { Prisma };
