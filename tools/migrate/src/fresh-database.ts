import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { migrate } from './migrate.ts';

/** A database of a test's own, on the schema of this checkout. */
export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const prismaFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../prisma');

/** Creates and migrates an empty database beside the one that `serverUrl` names. */
export async function freshDatabase(serverUrl: string): Promise<FreshDatabase> {
  const name = `waybill_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, { prismaFolder });
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
