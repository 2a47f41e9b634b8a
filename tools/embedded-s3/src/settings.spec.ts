import { readSettings } from './settings.ts';

const whole = {
  WAYBILL_S3_FOLDER: '/data',
  WAYBILL_S3_ACCESS_KEY_ID: 'key',
  WAYBILL_S3_SECRET_ACCESS_KEY: 'a-secret',
};

describe('settings', () => {
  it('take a free port, us-east-1 and the bucket waybill where nothing is said', () => {
    expect(readSettings(whole)).toMatchObject({ port: 0, region: 'us-east-1', buckets: ['waybill'] });
  });

  it('name what is missing and never print the secret', () => {
    const read = () => readSettings({ ...whole, WAYBILL_S3_FOLDER: undefined, WAYBILL_S3_PORT: 'ninety' });
    expect(read).toThrow(/WAYBILL_S3_FOLDER must be set.*WAYBILL_S3_PORT must be a port number/);
    expect(read).not.toThrow(/a-secret/);
  });
});
