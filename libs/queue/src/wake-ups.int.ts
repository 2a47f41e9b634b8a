import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { freePort, startRedis, type RunningRedis } from '@waybill/servers';
import Bull from 'bull';
import { QueueModule, type QueueModuleOptions } from './queue-module.ts';
import { WakeUpHandlers } from './wake-up-handlers.ts';
import { WakeUps } from './wake-ups.ts';
import { deliveryWork } from './wake-ups/delivery-work.ts';
import { edgeWork } from './wake-ups/edge-work.ts';
import { finalizerWork } from './wake-ups/finalizer-work.ts';
import type { AssetHint } from './wake-ups/wake-up.ts';

interface App {
  readonly module: TestingModule;
  readonly wakeUps: WakeUps;
  readonly woken: AssetHint[];
  readonly lines: string[];
}

const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 8_000,
): Promise<void> => {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await pause(10);
  }
};

describe('wake-ups through a real Redis', () => {
  let folder: string;
  let port: number;
  let redis: RunningRedis | undefined;
  const apps: App[] = [];

  const start = async (): Promise<RunningRedis> =>
    (redis = await startRedis({ dataFolder: join(folder, 'redis'), port, dieWithParent: true }));
  const kill9 = async (): Promise<void> => {
    if (redis === undefined) return;
    process.kill(redis.pid, 'SIGKILL');
    await redis.exited;
    redis = undefined;
  };
  const direct = (queue: string) =>
    new Bull(queue, { redis: { port, host: '127.0.0.1' }, prefix: 'waybill' });

  const boot = async (options: Partial<QueueModuleOptions> = {}): Promise<App> => {
    const lines: string[] = [];
    const woken: AssetHint[] = [];
    const listens = options.listens ?? [finalizerWork];
    const module = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          redisUrl: `redis://127.0.0.1:${port}/0`,
          listens,
          sends: ['finalizer.work', 'edge.work'],
          log: { info: line => lines.push(`info ${line}`), warn: line => lines.push(`warn ${line}`) },
          ...options,
        }),
      ],
    }).compile();
    for (const { name } of listens) module.get(WakeUpHandlers).handle(name, hint => woken.push(hint));
    await module.init();
    const app = { module, wakeUps: module.get(WakeUps), woken, lines };
    apps.push(app);
    return app;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-queue-'));
    port = await freePort();
  });
  beforeEach(async () => {
    if (redis === undefined) await start();
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map(app => app.module.close()));
  });
  afterAll(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('wakes the app that listens, with the asset named, and leaves nothing in Redis', async () => {
    const sender = await boot({ listens: [] });
    const listener = await boot();
    sender.wakeUps.wake(finalizerWork, { assetId: 'asset-1' });
    await until('woken', () => listener.woken.length === 1, 2_000);
    expect(listener.woken).toEqual([{ assetId: 'asset-1' }]);
    const queue = direct('finalizer');
    await until('job removed', async () => (await queue.count()) === 0);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, active: 0, completed: 0, failed: 0 });
    await queue.close();
  });

  it('makes few jobs of many calls, and keeps one job at most for an app that is away', async () => {
    const sender = await boot({ listens: [] });
    const court = edgeWork('court-1');
    for (let i = 0; i < 1_000; i += 1) {
      sender.wakeUps.wake(court, { assetId: `asset-${i}` });
      if (i % 100 === 0) await pause(15);
    }
    await pause(50);
    const queue = direct('edge.court-1');
    expect(await queue.getWaitingCount()).toBe(1);
    await queue.close();
    const edge = await boot({ listens: [court] });
    await until('woken', () => edge.woken.length === 1, 2_000);
  });

  it('wakes only the node that is meant', async () => {
    const sender = await boot({ listens: [] });
    const one = await boot({ listens: [edgeWork('one')] });
    const two = await boot({ listens: [edgeWork('two')] });
    sender.wakeUps.wake(edgeWork('two'));
    await until('woken', () => two.woken.length === 1, 2_000);
    expect(one.woken).toEqual([]);
  });

  it('wakes even by a job with a payload that it does not understand', async () => {
    const app = await boot();
    const queue = direct('finalizer');
    await queue.add('finalizer.work', { from: 'a later release' }, { attempts: 1, removeOnComplete: true });
    await until('woken', () => app.woken.length === 1, 2_000);
    expect(app.woken).toEqual([{}]);
    await queue.close();
  });

  it('goes on when Redis is emptied in mid-work', async () => {
    const app = await boot();
    const queue = direct('finalizer');
    for (let round = 0; round < 20; round += 1) {
      app.wakeUps.wake(finalizerWork, { assetId: `asset-${round}` });
      await pause(round % 5);
      await queue.client.flushall();
    }
    const before = app.woken.length;
    await until('woken again', () => {
      app.wakeUps.wake(finalizerWork, { assetId: 'after' });
      return app.woken.slice(before).some(hint => hint.assetId === 'after');
    });
    await queue.close();
  });

  it('lives through kill -9 of Redis with one line at each end, never waiting for it', async () => {
    const app = await boot();
    app.wakeUps.wake(finalizerWork);
    await until('woken', () => app.woken.length === 1, 2_000);
    await kill9();
    const began = performance.now();
    for (let i = 0; i < 10_000; i += 1) app.wakeUps.wake(finalizerWork);
    expect(performance.now() - began).toBeLessThan(500);
    await until('trouble is told', () => app.wakeUps.trouble !== undefined);
    await pause(1_500);
    await start();
    await until('woken by what was gathered', () => app.woken.length >= 2);
    await until('trouble is over', () => app.wakeUps.trouble === undefined);
    expect(app.lines).toEqual([
      expect.stringMatching(
        /^warn Wake-ups through Redis fail \((connect ECONNREFUSED|read ECONNRESET).*\)\. Nothing is lost/,
      ),
      expect.stringMatching(/^info Wake-ups through Redis work again after \d+ s\.$/),
    ]);
  }, 20_000);

  it('starts without Redis, and is woken once it is there', async () => {
    await kill9();
    const app = await boot();
    app.wakeUps.wake(finalizerWork, { assetId: 'early' });
    await until('trouble is told', () => app.wakeUps.trouble !== undefined);
    await start();
    await until('woken', () => app.woken.length === 1);
    expect(app.woken).toEqual([{ assetId: 'early' }]);
  }, 20_000);

  it.each(['away since the start', 'away since a moment ago', 'stopped so that it answers nothing', 'there'])(
    'shuts down soon with Redis %s',
    async condition => {
      if (condition === 'away since the start') await kill9();
      const app = await boot();
      app.wakeUps.wake(finalizerWork);
      app.wakeUps.wake(edgeWork('one'));
      await pause(100);
      if (condition === 'away since a moment ago') await kill9();
      const stopped = condition.startsWith('stopped') ? redis?.pid : undefined;
      if (stopped !== undefined) process.kill(stopped, 'SIGSTOP');
      try {
        const began = performance.now();
        await app.module.close();
        expect(performance.now() - began).toBeLessThan(4_000);
      } finally {
        if (stopped !== undefined) process.kill(stopped, 'SIGCONT');
      }
      await pause(300);
    },
    20_000,
  );

  it('says once, without the password, that Redis refuses it, and lives on', async () => {
    const locked = await startRedis({
      dataFolder: join(folder, 'locked'),
      password: 'the-right-one',
      dieWithParent: true,
    });
    try {
      const app = await boot({ redisUrl: `redis://:hunter2@127.0.0.1:${locked.port}` });
      app.wakeUps.wake(finalizerWork);
      await until('trouble is told', () => app.wakeUps.trouble !== undefined);
      await pause(2_500);
      expect(app.lines).toHaveLength(1);
      expect(app.lines[0]).toMatch(/WRONGPASS|NOAUTH/);
      expect(app.lines[0]).not.toContain('hunter2');
      expect(() => app.wakeUps.check()).toThrow(/Redis/);
    } finally {
      await Promise.all(apps.splice(0).map(app => app.module.close()));
      await locked.stop();
    }
  }, 20_000);

  it('tells once that a wake-up is sent which the app does not declare', async () => {
    const app = await boot();
    app.wakeUps.wake(deliveryWork);
    app.wakeUps.wake(deliveryWork);
    expect(app.lines).toEqual([expect.stringContaining('The wake-up delivery.work is not sent')]);
  });
});
