import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { createReveal, loadEnvironment } from './index.ts';

const good = {
  DATABASE_URL: 'postgresql://u:hunter2@h/waybill',
  REDIS_URL: 'redis://:hunter2@h:6379',
  PORT: '7301',
};

describe('the environment of an app', () => {
  it('is read, and prints no secret', () => {
    const environment = loadEnvironment({ ...good, WAYBILL_API_KEY: 'hunter2hunter2hunter2' });
    expect(environment.databaseUrl.reveal()).toBe(good.DATABASE_URL);
    expect(environment.redisUrl.reveal()).toBe(good.REDIS_URL);
    expect(environment.apiKey?.reveal()).toBe('hunter2hunter2hunter2');
    expect(environment).toMatchObject({ port: 7301, configPath: resolve('waybill.yaml') });
    expect(
      inspect(environment) + JSON.stringify(environment) + String(environment.databaseUrl),
    ).not.toContain('hunter2');
    expect(loadEnvironment({ ...good, WAYBILL_CONFIG: '/etc/w.yaml' }).configPath).toBe('/etc/w.yaml');
    expect(loadEnvironment({ ...good, WAYBILL_APPS: 'ready.json' }).appsFile).toBe(resolve('ready.json'));
    expect(loadEnvironment({ ...good, WAYBILL_APPS: '' }).appsFile).toBeUndefined();
  });

  it.each([
    [{ DATABASE_URL: '' }, 'The environment variable DATABASE_URL is not set. Set it, such as postgresql://'],
    [
      { DATABASE_URL: 'mysql://h/x' },
      'DATABASE_URL is no address that starts with postgresql:// or postgres://',
    ],
    [{ REDIS_URL: 'hunter2' }, 'REDIS_URL is no address that starts with redis:// or rediss://'],
    [{ PORT: '' }, 'PORT is not set'],
    [{ PORT: '70000' }, 'PORT is "70000", which is no port. Set it to a number from 0 to 65535.'],
    [{ PORT: '80x' }, 'PORT is "80x"'],
    [{ WAYBILL_API_KEY: 'hunter2' }, 'WAYBILL_API_KEY is shorter than 16 characters'],
  ])('is refused in one sentence: %j', (change, sentence) => {
    let message = '';
    try {
      loadEnvironment({ ...good, ...change });
    } catch (failure) {
      message = (failure as Error).message;
    }
    expect(message).toContain(sentence);
    expect(message).not.toContain('hunter2');
  });
});

describe('a reference to a secret', () => {
  it('that leads nowhere is told by its name', () => {
    const reveal = createReveal('/nowhere');
    expect(() => reveal({ env: 'WAYBILL_SPEC_ABSENT' })).toThrow(
      'set the environment variable WAYBILL_SPEC_ABSENT',
    );
    expect(() => reveal({ file: 'pw' })).toThrow('{ file: /nowhere/pw } cannot be read (ENOENT)');
    expect(() => reveal({ file: '/dev/null' })).toThrow('{ file: /dev/null } is empty');
  });
});
