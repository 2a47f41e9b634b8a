import { startSettings } from './start-settings.ts';

describe('settings of npm start', () => {
  it('have defaults', () => {
    expect(startSettings({}, '/checkout', '/checkout')).toEqual({
      root: '/checkout',
      home: '/checkout/.waybill',
      config: undefined,
      adminPort: 7300,
      databaseUrl: undefined,
      redisUrl: undefined,
    });
  });

  it('are taken from the environment', () => {
    const env = {
      WAYBILL_CONFIG: 'mine.yaml',
      WAYBILL_HOME: '/data',
      WAYBILL_PORT: '8080',
      DATABASE_URL: 'postgresql://db/waybill',
      REDIS_URL: '',
    };
    expect(startSettings(env, '/checkout', '/elsewhere')).toMatchObject({
      home: '/data',
      config: '/elsewhere/mine.yaml',
      adminPort: 8080,
      databaseUrl: 'postgresql://db/waybill',
      redisUrl: undefined,
    });
  });

  it.each(['0', '70000', '80a', '-1'])('refuse %s as a port', port => {
    expect(() => startSettings({ WAYBILL_PORT: port }, '/c', '/c')).toThrow(`WAYBILL_PORT is "${port}"`);
  });
});
