import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { freshDatabase } from '@waybill/migrate';
import { AppLog, PlatformModule, type ApiRole } from '@waybill/platform';
import { deliveryWork, edgeWork, finalizerWork, QueueModule, WakeUpHandlers } from '@waybill/queue';
import { testServers } from '@waybill/servers';
import { addApiKey, openDatabase, type Database } from '@waybill/state';
import supertest from 'supertest';
import { adminModule } from '../admin-module.ts';
import { configureApi } from '../configure-api.ts';

export const keys = {
  viewer: 'wb_viewer_8f1c0e2d9a',
  operator: 'wb_operator_5b7d3c1e4f',
  admin: 'wb_admin_2a6e9f0b8c',
} as const;

/** The edge node that the fixture listens for. */
export const node = 'court-1';

/** The real module over a database and a corner of Redis of its own, with an app that notes what it is woken by. */
export interface AdminFixture {
  readonly db: Database;
  readonly databaseUrl: string;
  /** What was logged, line by line. */
  readonly lines: readonly string[];
  /** Wake-ups since the last call of forget(): `edge.work <asset>`. */
  readonly woken: readonly string[];
  forget(): void;
  /** Without a key. */
  raw(): ReturnType<typeof supertest>;
  get(path: string, role?: ApiRole): supertest.Test;
  post(path: string, body?: object, role?: ApiRole): supertest.Test;
  close(): Promise<void>;
}

export interface AdminFixtureOptions {
  readonly appsFile?: string;
  /** Default: the test servers' own. */
  readonly redisUrl?: string;
}

export async function startAdmin(options: AdminFixtureOptions = {}): Promise<AdminFixture> {
  const { postgresUrl } = testServers();
  const { appsFile, redisUrl = testServers().redisUrl } = options;
  const fresh = await freshDatabase(postgresUrl);
  const db = openDatabase(fresh.url);
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    await addApiKey(db, { name: `the ${role}`, role, key: keys[role] });
  }
  const lines: string[] = [];
  const log = AppLog.create({ app: 'admin-api', destination: { write: line => void lines.push(line) } });
  const redisPrefix = `test-${randomUUID()}`;
  const woken: string[] = [];
  const listener = await startListener(redisUrl, redisPrefix, log, woken);
  const app = await startApp(adminModule({ database: db, redisUrl, redisPrefix, appsFile }, log), log);
  const request = () => supertest(app.getHttpServer());
  return {
    db,
    databaseUrl: fresh.url,
    lines,
    woken,
    forget: () => void woken.splice(0),
    raw: request,
    get: (path, role = 'viewer') => request().get(path).set('Authorization', `Bearer ${keys[role]}`),
    post: (path, body = {}, role = 'operator') =>
      request().post(path).set('Authorization', `Bearer ${keys[role]}`).send(body),
    async close() {
      await Promise.all([app.close(), listener.close()]);
      await db.$disconnect();
      await fresh.drop();
    },
  };
}

async function startApp(
  module: ReturnType<typeof adminModule>,
  log: AppLog,
): Promise<INestApplication<Server>> {
  const testing = await Test.createTestingModule({
    imports: [PlatformModule.forRoot({ name: 'admin-api', app: module, log })],
  }).compile();
  const app = testing.createNestApplication<INestApplication<Server>>({ logger: false });
  configureApi(app);
  // One listening server for all requests of a test, also for twenty at once.
  await app.listen(0, '127.0.0.1');
  return app;
}

async function startListener(
  redisUrl: string,
  prefix: string,
  log: AppLog,
  woken: string[],
): Promise<TestingModule> {
  const listens = [edgeWork(node), finalizerWork, deliveryWork];
  const module = await Test.createTestingModule({
    imports: [QueueModule.forRoot({ redisUrl, prefix, listens, sends: [], log })],
  }).compile();
  for (const { name } of listens) {
    module.get(WakeUpHandlers).handle(name, ({ assetId }) => woken.push(`${name} ${assetId ?? ''}`));
  }
  return module.init();
}
