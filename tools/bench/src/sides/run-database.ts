import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { migrate } from '@waybill/migrate';
import { Client } from 'pg';
import { checkout } from '../checkout.ts';

/** A database of one run, on this checkout's schema. */
export interface RunDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates and migrates an empty database beside the one that `serverUrl` names. */
export async function runDatabase(serverUrl: string): Promise<RunDatabase> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, { prismaFolder: join(checkout, 'prisma') });
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
