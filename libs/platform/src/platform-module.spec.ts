import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Get, Inject, Module, Post, Query, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { z } from 'zod';
import { ApiKeyModule } from './auth/api-key-module.ts';
import type { ApiCaller } from './auth/api-key-verifier.ts';
import { Caller } from './auth/caller.ts';
import { NeedsRole } from './auth/needs-role.ts';
import { Readiness } from './health/readiness.ts';
import { ProblemError, type ProblemDocument } from './http/problem.ts';
import { ZodPipe } from './http/zod-pipe.ts';
import { AppLog } from './log/app-log.ts';
import { PlatformModule } from './platform-module.ts';

const retryBody = z.strictObject({
  from: z.enum(['receive', 'finalize']),
  files: z.array(z.strictObject({ filename: z.string().min(1) })).optional(),
});
const listQuery = z.strictObject({ limit: z.coerce.number().int().max(500).default(50) });

const problemIn = (answer: { readonly body: unknown }) => answer.body as ProblemDocument;

@Controller('assets')
class AssetsController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}
  @Get()
  list(
    @Query(new ZodPipe(listQuery)) query: z.output<typeof listQuery>,
    @Caller() caller: ApiCaller,
  ): object {
    return { ...query, caller, known: this.readiness instanceof Readiness };
  }
  @Post('retry')
  @NeedsRole('operator')
  retry(@Body(new ZodPipe(retryBody)) body: z.output<typeof retryBody>): object {
    return body;
  }
  @Get('conflict')
  conflict(): never {
    throw new ProblemError(409, 'The asset a1 is completed; there is nothing to abort.', {
      extensions: { code: 'conflict' },
    });
  }
  @Get('broken')
  broken(): never {
    throw new Error('SELECT failed at db.internal with password=hunter2');
  }
}

@Module({
  imports: [
    ApiKeyModule.forRoot({
      verify: async key => {
        if (key === 'key-of-the-outage') throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
        if (key === 'the-viewers-key') return { id: '1', name: 'Vera', role: 'viewer' };
        return key === 'the-operators-key' ? { id: '2', name: 'Olaf', role: 'operator' } : undefined;
      },
    }),
  ],
  controllers: [AssetsController],
})
class SmallApi {}

describe('an app on the platform', () => {
  const readiness = new Readiness();
  const lines: string[] = [];
  let app: INestApplication<Server>;
  const request = () => supertest(app.getHttpServer());
  const asked = (path: string, key = 'the-operators-key') =>
    request().get(path).set('Authorization', `Bearer ${key}`);

  beforeAll(async () => {
    const log = AppLog.create({ app: 'small', destination: { write: line => void lines.push(line) } });
    const module = await Test.createTestingModule({
      imports: [PlatformModule.forRoot({ name: 'small', app: SmallApi, log, readiness })],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  });
  afterAll(() => app.close());

  describe('health', () => {
    let databaseOk = true;
    let redisOk = true;
    beforeAll(() => {
      readiness.add('database', () => {
        if (!databaseOk) throw new Error('The database is away: redis://:hunter2@x');
      });
      readiness.add('redis', () => (redisOk ? undefined : Promise.reject(new Error('Redis is away'))), {
        essential: false,
      });
    });

    it('is live and ready without a key', async () => {
      await request().get('/health/live').expect(200, { status: 'live' });
      await request()
        .get('/health/ready')
        .expect(200, { status: 'ready', checks: { database: { ok: true }, redis: { ok: true } } });
    });

    it('tells a second later what is wrong: 503 for what is essential, degraded for what is not', async () => {
      redisOk = false;
      await pause(1_010);
      const degraded = await request().get('/health/ready').expect(200);
      expect(degraded.body).toMatchObject({
        status: 'degraded',
        checks: { redis: { sentence: 'Redis is away.' } },
      });
      databaseOk = false;
      await pause(1_010);
      const down = await request().get('/health/ready').expect(503);
      expect(down.body).toMatchObject({
        status: 'not-ready',
        checks: { database: { ok: false }, redis: { ok: false } },
      });
      expect(down.text).not.toContain('hunter2');
      await request().get('/health/live').expect(200);
    });

    it('answers in time though a check hangs, and does not pile hanging checks up', async () => {
      let begun = 0;
      readiness.add('hanging', () => {
        begun += 1;
        return new Promise<void>(() => undefined);
      });
      const began = performance.now();
      const answers = await Promise.all([1, 2, 3].map(() => request().get('/health/ready')));
      expect(performance.now() - began).toBeLessThan(3_000);
      expect(answers[0]?.body).toMatchObject({
        checks: { hanging: { ok: false, sentence: 'No answer within 2 s.' } },
      });
      expect(begun).toBe(1);
    });
  });

  it('shows metrics with event-loop lag', async () => {
    const { text } = await request()
      .get('/metrics')
      .expect(200)
      .expect('Content-Type', /^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds\{app="small"\} [\d.e-]+/);
    expect(text).toContain('process_resident_memory_bytes');
  });

  describe('API keys', () => {
    it('lets a valid key in and tells who calls', async () => {
      const answer = await asked('/assets', 'the-viewers-key').expect(200);
      expect(answer.body).toEqual({
        limit: 50,
        known: true,
        caller: { id: '1', name: 'Vera', role: 'viewer' },
      });
    });

    it.each([
      undefined,
      'Bearer wrong',
      'Basic the-viewers-key',
      'Bearer',
      'Bearer the-viewers-key x',
      'the-viewers-key',
    ])('gives one and the same 401 for %p', async header => {
      const asking = request().get('/assets');
      const answer = await (header === undefined ? asking : asking.set('Authorization', header));
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).toEqual({
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: 'This needs a valid API key: send it as "Authorization: Bearer <key>".',
        instance: '/assets',
      });
    });

    it('refuses what the role may not do', async () => {
      const answer = await request()
        .post('/assets/retry')
        .set('Authorization', 'bearer the-viewers-key')
        .send({});
      expect(answer.status).toBe(403);
      expect(problemIn(answer).detail).toBe('This needs an API key of the role operator; "Vera" is viewer.');
    });

    it('says 503 and not 401 when keys can’t be checked now', async () => {
      const answer = await asked('/assets', 'key-of-the-outage').expect(503);
      expect(answer.text).not.toContain('ECONNREFUSED');
    });
  });

  describe('problems', () => {
    it('names each field of a body that does not fit', async () => {
      const answer = await request()
        .post('/assets/retry?x=1')
        .set('Authorization', 'Bearer the-operators-key')
        .send({ from: 'start', files: [{ filename: 'a' }, { filename: '' }], form: 1 })
        .expect(400)
        .expect('Content-Type', /^application\/problem\+json/);
      expect(answer.body).toMatchObject({ title: 'Bad Request', status: 400, instance: '/assets/retry' });
      expect(
        problemIn(answer)
          .errors?.map(({ field }) => field)
          .sort(),
      ).toEqual(['files[1].filename', 'form', 'from']);
    });

    it('takes defaults and refuses a bad query', async () => {
      const answer = await asked('/assets?limit=many').expect(400);
      expect(problemIn(answer).errors).toMatchObject([{ field: 'limit' }]);
    });

    it.each([
      ['malformed JSON', '{"from": "secret-stuff', 400],
      ['a body too large', JSON.stringify({ from: 'x'.repeat(200_000) }), 413],
    ])('answers %s without quoting it', async (_, body, status) => {
      const answer = await request()
        .post('/assets/retry')
        .set('Authorization', 'Bearer the-operators-key')
        .set('Content-Type', 'application/json')
        .send(body)
        .expect(status)
        .expect('Content-Type', /^application\/problem\+json/);
      expect(answer.body).toMatchObject({ status, instance: '/assets/retry' });
      expect(answer.text).not.toContain('secret-stuff');
    });

    it('answers a path that is not there', async () => {
      const answer = await asked('/nothing?key=abc').expect(404);
      expect(answer.body).toMatchObject({ detail: 'There is no GET /nothing here.', instance: '/nothing' });
    });

    it('answers a path that can’t be decoded', async () => {
      const answer = await asked('/assets/%E0%A4%A').expect('Content-Type', /^application\/problem\+json/);
      expect([400, 404]).toContain(answer.status);
    });

    it('passes a problem of our own on as it is', async () => {
      const answer = await asked('/assets/conflict').expect(409);
      expect(answer.body).toMatchObject({
        code: 'conflict',
        detail: 'The asset a1 is completed; there is nothing to abort.',
      });
    });

    it('tells a client nothing of an unknown error, and the log all but the secret', async () => {
      lines.length = 0;
      const answer = await asked('/assets/broken?token=abc').expect(500);
      expect(answer.text).not.toMatch(/SELECT|db\.internal|hunter2|\.ts/);
      const requestId = problemIn(answer)['requestId'];
      const line = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
      expect(line).toMatchObject({ level: 'error', msg: 'GET /assets/broken failed.', requestId });
      expect(lines[0]).toContain('db.internal');
      expect(lines[0]).not.toContain('hunter2');
    });
  });
});
