import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { freePort } from '@waybill/servers';
import { registerEdge } from '@waybill/state';
import { startAdmin, type AdminFixture } from '../testing/admin-fixture.ts';
import type { AppHealth } from './app-health.ts';

interface Apps {
  readonly items: readonly AppHealth[];
  readonly sentence: string | null;
  readonly edges: readonly {
    readonly name: string;
    readonly heartbeatAgeMs: number;
    readonly alive: boolean;
  }[];
}

let folder: string;
let file: string;
let admin: AdminFixture;
let app: Server;
let answer: { status: number; body: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-apps-'));
  file = join(folder, 'ready.json');
  app = createServer((request, response) => {
    if (request.url !== '/health/ready') response.writeHead(404).end();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  admin = await startAdmin({ appsFile: file });
});
afterAll(async () => {
  await admin.close();
  app.close();
  await rm(folder, { recursive: true, force: true });
});

const url = () => `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
const asked = async () => (await admin.get('/api/apps').expect(200)).body as Apps;
const write = (apps: object) =>
  writeFile(
    file,
    JSON.stringify({ apiKey: 'hunter2secret', databaseUrl: 'postgres://u:hunter2secret@h/x', apps }),
  );
const of = ({ items }: Apps, name: string) => items.find(item => item.name === name);

describe('the health of the apps', () => {
  it('is its own alone, with a sentence, until the file is there', async () => {
    const apps = await asked();
    expect(apps.items).toEqual([
      { name: 'admin-api', url: null, status: 'ready', checks: { redis: { ok: true } }, sentence: null },
    ]);
    expect(apps.sentence).toBe(
      "The file of WAYBILL_APPS can't be read (ENOENT): it is written when all apps are ready.",
    );
  });

  it('is what each app reports, read anew on each call', async () => {
    const sentence = "The database can't be reached (ECONNREFUSED); check that Postgres runs.";
    answer = {
      status: 503,
      body: JSON.stringify({ status: 'not-ready', checks: { database: { ok: false, sentence } } }),
    };
    await write({
      'edge-ingester': { pid: 1, url: url() },
      'admin-api': { pid: 2, url: 'http://127.0.0.1:7300' },
    });
    const down = await asked();
    expect(down.sentence).toBeNull();
    expect(of(down, 'edge-ingester')).toEqual({
      name: 'edge-ingester',
      url: url(),
      status: 'not-ready',
      checks: { database: { ok: false, sentence } },
      sentence: null,
    });
    expect(of(down, 'admin-api')).toMatchObject({ url: 'http://127.0.0.1:7300', status: 'ready' });
    answer = { status: 200, body: JSON.stringify({ status: 'ready', checks: { database: { ok: true } } }) };
    expect(of(await asked(), 'edge-ingester')).toMatchObject({ status: 'ready' });
  });

  it('is unreachable with the reason where an app does not answer, or another does in its place', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`;
    answer = { status: 200, body: '<html>hunter2secret</html>' };
    await write({
      'cloud-finalizer': { pid: 1, url: closed },
      'edge-ingester': { pid: 2, url: url() },
      'delivery-service': {},
      odd: { url: 'file:///etc/passwd' },
    });
    const apps = await asked();
    expect(of(apps, 'cloud-finalizer')).toEqual({
      name: 'cloud-finalizer',
      url: closed,
      status: 'unreachable',
      checks: {},
      sentence: `cloud-finalizer gives no health report at ${closed} (ECONNREFUSED); check that it runs.`,
    });
    expect(of(apps, 'edge-ingester')).toMatchObject({
      status: 'unreachable',
      sentence: expect.stringContaining('its answer is no JSON') as unknown,
    });
    for (const name of ['delivery-service', 'odd']) {
      expect(of(apps, name)).toMatchObject({ url: null, status: 'unreachable' });
    }
    answer = { status: 200, body: '{"status":"fine"}' };
    expect(of(await asked(), 'edge-ingester')?.sentence).toContain('answers 200 without a health report');
  });

  it('tells nothing else of the file, also when it is damaged', async () => {
    await write({});
    const whole = await admin.get('/api/apps').expect(200);
    await writeFile(file, '{"apiKey":"hunter2secret", oops');
    const damaged = await admin.get('/api/apps').expect(200);
    expect((damaged.body as Apps).sentence).toMatch(/is not one that names apps/);
    expect(whole.text + damaged.text + admin.lines.join('\n')).not.toContain('hunter2secret');
  });

  it('names the edges with the age of their heartbeats', async () => {
    const edge = { instance: randomUUID(), process: 'p', version: '0.1.0' };
    await registerEdge(admin.db, { ...edge, name: 'court-1', leaseMs: 60_000 });
    await registerEdge(admin.db, { ...edge, name: 'court-2', leaseMs: 60_000 });
    await admin.db.$executeRaw`UPDATE edge_nodes SET heartbeat_at = now() - interval '90 s',
      lease_expires_at = now() - interval '60 s' WHERE name = 'court-2'`;
    const { edges } = await asked();
    expect(edges).toMatchObject([
      { name: 'court-1', version: '0.1.0', alive: true },
      { name: 'court-2', alive: false },
    ]);
    expect(edges[0]?.heartbeatAgeMs).toBeLessThan(10_000);
    expect(edges[1]?.heartbeatAgeMs).toBeGreaterThanOrEqual(90_000);
    expect(edges[1]?.heartbeatAgeMs).toBeLessThan(100_000);
  });
});
