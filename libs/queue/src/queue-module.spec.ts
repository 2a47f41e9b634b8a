import { Test, type TestingModule } from '@nestjs/testing';
import { QueueModule } from './queue-module.ts';
import { queueOptions } from './queue-options.ts';
import { WakeUpHandlers } from './wake-up-handlers.ts';
import { deliveryWork } from './wake-ups/delivery-work.ts';
import { finalizerWork } from './wake-ups/finalizer-work.ts';

/** Nothing listens on this port: an app must start, or refuse, without its Redis. */
const nowhere = {
  redisUrl: 'redis://127.0.0.1:1',
  sends: [],
  log: { info: () => undefined, warn: () => undefined },
};

describe('QueueModule', () => {
  let module: TestingModule;
  beforeEach(async () => {
    module = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ ...nowhere, listens: [finalizerWork] })],
    }).compile();
  });
  afterEach(() => module.close());

  it('refuses to start when a wake-up has no handler', async () => {
    await expect(module.init()).rejects.toThrow(/finalizer\.work has no handler/);
  });

  it('refuses a second handler', () => {
    const handlers = module.get(WakeUpHandlers);
    handlers.handle('finalizer.work', () => undefined);
    expect(() => handlers.handle('finalizer.work', () => undefined)).toThrow(/two handlers/);
  });

  it('refuses a handler for a wake-up that the app does not listen to', () => {
    expect(() => module.get(WakeUpHandlers).handle('delivery.work', () => undefined)).toThrow(
      /does not listen/,
    );
  });

  it('starts with one handler each, also while Redis is away', async () => {
    module.get(WakeUpHandlers).handle('finalizer.work', () => undefined);
    await expect(module.init()).resolves.toBeDefined();
  });

  it('refuses to listen to one wake-up twice', () => {
    expect(() => QueueModule.forRoot({ ...nowhere, listens: [deliveryWork, deliveryWork] })).toThrow(/twice/);
  });
});

describe('the address of Redis', () => {
  it.each([
    ['redis://127.0.0.1', { host: '127.0.0.1', port: 6379, db: 0 }],
    ['redis://[::1]:7000/3', { host: '::1', port: 7000, db: 3 }],
    ['rediss://us%40er:p%3Ass@cache.example.com', { username: 'us@er', password: 'p:ss', tls: {} }],
  ])('%s', (redisUrl, expected) => {
    expect(queueOptions({ redisUrl }).redis).toMatchObject(expected);
  });

  it.each(['', 'localhost:6379', 'http://secret@host', 'redis://:secret@host/jobs'])(
    'refuses %p with a sentence that tells no secret',
    redisUrl => {
      expect(() => queueOptions({ redisUrl })).toThrow(/^REDIS_URL .*\.$/);
      expect(() => queueOptions({ redisUrl })).not.toThrow(/secret/);
    },
  );
});
