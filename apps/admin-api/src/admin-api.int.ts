import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProblemDocument } from '@waybill/platform';
import { freePort } from '@waybill/servers';
import {
  addApiKey,
  deliveriesOf,
  recordDestinationCondition,
  recordSourceCondition,
  registerDestinations,
  registerEdge,
  registerSources,
} from '@waybill/state';
import { keys, node, startAdmin, type AdminFixture } from './testing/admin-fixture.ts';
import { attempted, completed, failedIn } from './testing/asset-rows.ts';

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin();
  const edge = { name: node, instance: randomUUID(), process: 'p', version: '0.1.0', leaseMs: 60_000 };
  await registerEdge(admin.db, edge);
  await registerSources(admin.db, node, [
    { name: 'inbox', type: 'watch-folder' },
    { name: 'Court 1/Süd', type: 'watch-folder' },
  ]);
  await registerDestinations(admin.db, [
    { name: 'partner', type: 'sftp' },
    { name: 'archive', type: 's3' },
  ]);
});
afterAll(() => admin.close());

const problem = (answer: { readonly body: unknown }) => answer.body as ProblemDocument;
const everywhere = [
  '/api/assets',
  '/api/assets/01890000-0000-7000-8000-000000000000',
  '/api/assets/01890000-0000-7000-8000-000000000000/waybill',
  '/api/deliveries',
  '/api/deliveries/01890000-0000-7000-8000-000000000000',
  '/api/sources',
  '/api/sources/inbox',
  '/api/destinations',
  '/api/destinations/partner',
  '/api/apps',
];

describe('API keys', () => {
  it.each(everywhere)(
    '%s gives one and the same 401 without a key, with an unknown and with a revoked one',
    async path => {
      await addApiKey(admin.db, { name: 'gone', role: 'admin', key: 'wb_revoked_0123456789' });
      await admin.db.$executeRaw`UPDATE api_keys SET revoked_at = now() WHERE name = 'gone'`;
      const ask = async (key?: string) =>
        key === undefined
          ? admin.raw().get(path)
          : admin.raw().get(path).set('Authorization', `Bearer ${key}`);
      const answers = [await ask(), await ask('wb_unknown_0123456789'), await ask('wb_revoked_0123456789')];
      for (const { status, body } of answers) {
        expect(status).toBe(401);
        expect(body).toEqual({
          type: 'about:blank',
          title: 'Unauthorized',
          status: 401,
          detail: 'This needs a valid API key: send it as "Authorization: Bearer <key>".',
          instance: path,
        });
      }
    },
  );

  it('are needed for retries too, before anything is said of the id', async () => {
    await admin.raw().post('/api/assets/no-id/retry').send({}).expect(401);
    await admin.raw().post('/api/deliveries/no-id/retry').send({}).expect(401);
  });

  it('are not taken from the address', async () => {
    await admin.raw().get(`/api/assets?key=${keys.admin}&access_token=${keys.admin}`).expect(401);
  });

  it('are kept as hashes alone', async () => {
    const rows = await admin.db.$queryRaw<object[]>`SELECT * FROM api_keys`;
    expect(JSON.stringify(rows)).not.toContain(keys.admin);
  });

  it('registered twice stay one, with the role that they had', async () => {
    await addApiKey(admin.db, { name: 'again', role: 'admin', key: keys.viewer });
    const rows = await admin.db.$queryRaw<object[]>`SELECT name, role FROM api_keys WHERE role = 'viewer'`;
    expect(rows).toEqual([{ name: 'the viewer', role: 'viewer' }]);
  });
});

describe('every answer', () => {
  it.each([
    ['/api/assets', 200],
    ['/api/assets/x', 400],
    ['/api/nothing', 404],
    ['/', 404],
  ])('of %s (%d) may not be kept, framed or sniffed, and does not name its server', async (path, status) => {
    const { headers } = await admin.get(path).expect(status);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['content-type']).toMatch(
      status === 200 ? /^application\/json/ : /^application\/problem\+json/,
    );
  });

  it('to malformed JSON is 400 without a quote of it', async () => {
    const answer = await admin
      .raw()
      .post('/api/assets/01890000-0000-7000-8000-000000000000/retry')
      .set('Authorization', `Bearer ${keys.operator}`)
      .set('Content-Type', 'application/json')
      .send('{"from": "hunter2secret')
      .expect(400)
      .expect('Content-Type', /^application\/problem\+json/)
      .expect('Cache-Control', 'no-store');
    expect(answer.text).not.toContain('hunter2secret');
  });

  it('to a path that can’t be decoded is 400', async () => {
    await admin.get('/api/sources/%E0%A4%A').expect(400);
    await admin.get('/api/sources/%00').expect(400);
  });

  it('holds no secret: no key, no hash of one, no address with a password', async () => {
    const id = await failedIn(admin.db, 'receive');
    const paths = ['/api/assets', '/api/deliveries', '/api/sources', '/api/destinations', '/api/apps'];
    const answers = await Promise.all(
      [...paths, `/api/assets/${id}/waybill`].map(path => admin.get(path, 'admin')),
    );
    const told = answers.map(({ text }) => text).join('\n') + admin.lines.join('\n');
    const hashes = await admin.db.$queryRaw<{ hash: string }[]>`SELECT key_sha256 AS "hash" FROM api_keys`;
    for (const secret of [...Object.values(keys), ...hashes.map(({ hash }) => hash), admin.databaseUrl]) {
      expect(told).not.toContain(secret);
    }
  });
});

describe('sources', () => {
  it('are shown with their condition and its next step, one by name too', async () => {
    await recordSourceCondition(admin.db, 'inbox', {
      condition: 'unreachable',
      sentence: 'The folder answers token=hunter2secret.',
      nextStep: 'Mount the disk.',
      filesListed: 7,
    });
    const all = await admin.get('/api/sources').expect(200);
    expect(all.body).toMatchObject({ items: [{ name: 'Court 1/Süd' }, { name: 'inbox' }], nextCursor: null });
    const one = await admin.get('/api/sources/inbox').expect(200);
    expect(one.body).toEqual({
      name: 'inbox',
      node,
      type: 'watch-folder',
      paused: false,
      condition: 'unreachable',
      sentence: 'The folder answers token=[secret]',
      nextStep: 'Mount the disk.',
      checkedAt: expect.any(String) as unknown,
      lastListedAt: expect.any(String) as unknown,
      filesListed: 7,
    });
    const odd = await admin.get(`/api/sources/${encodeURIComponent('Court 1/Süd')}`).expect(200);
    expect(odd.body).toMatchObject({ name: 'Court 1/Süd', condition: 'unknown' });
    expect(problem(await admin.get('/api/sources/nowhere').expect(404)).detail).toBe(
      'There is no source "nowhere".',
    );
  });
});

describe('destinations', () => {
  it('are shown with their condition and what they are owed, one by name too', async () => {
    await recordDestinationCondition(admin.db, 'partner', {
      condition: 'unauthorized',
      sentence: 'The server refused the key.',
      nextStep: 'Put the key right.',
    });
    const failed = await completed(admin.db);
    const [delivery] = (await deliveriesOf(admin.db, [failed])).get(failed) ?? [];
    await attempted(admin.db, delivery?.id ?? '', 'fail');
    await completed(admin.db);
    await completed(admin.db);
    const all = await admin.get('/api/destinations').expect(200);
    expect(all.body).toMatchObject({
      items: [{ name: 'archive', waiting: 0 }, { name: 'partner' }],
      nextCursor: null,
    });
    const one = await admin.get('/api/destinations/partner').expect(200);
    expect(one.body).toEqual({
      name: 'partner',
      type: 'sftp',
      paused: false,
      condition: 'unauthorized',
      sentence: 'The server refused the key.',
      nextStep: 'Put the key right.',
      checkedAt: expect.any(String) as unknown,
      running: 0,
      waiting: 2,
      failed: 1,
    });
    await admin.get('/api/destinations/nowhere').expect(404);
  });
});

describe('a database that is away', () => {
  it('is 503 for every call, without its address', async () => {
    const gone = await startAdmin();
    try {
      await gone.db.$executeRaw`ALTER TABLE api_keys RENAME TO api_keys_away`;
      const answer = await gone.get('/api/assets').expect(503);
      expect(problem(answer).detail).toMatch(/can’t be checked now/);
      expect(answer.text).not.toContain('api_keys');
    } finally {
      await gone.close();
    }
  });
});

describe('a Redis that is away', () => {
  it('delays the work and not the order: a retry is taken at once, and the health says what fails', async () => {
    const cut = await startAdmin({ redisUrl: `redis://127.0.0.1:${await freePort()}` });
    try {
      const id = await failedIn(cut.db, 'receive');
      const began = performance.now();
      const answer = await cut.post(`/api/assets/${id}/retry`, { from: 'receive' }).expect(200);
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(answer.body).toMatchObject({ state: 'receiving' });
      await pause(1_500);
      const ready = await cut.raw().get('/health/ready').expect(200);
      expect(ready.body).toMatchObject({
        status: 'degraded',
        checks: {
          redis: { ok: false, sentence: expect.stringMatching(/Check that Redis runs\.$/) as unknown },
        },
      });
    } finally {
      await cut.close();
    }
  });
});
