import { testServers } from './test-servers.ts';

describe('testServers', () => {
  const before = process.env['WAYBILL_TEST_SERVERS'];
  afterEach(() => {
    if (before === undefined) delete process.env['WAYBILL_TEST_SERVERS'];
    else process.env['WAYBILL_TEST_SERVERS'] = before;
  });

  it('fails with the next step where no servers run, so that no test is skipped for lack of them', () => {
    process.env['WAYBILL_TEST_SERVERS'] = '/nowhere/test-servers.json';
    expect(() => testServers()).toThrow(/No test servers run .*npm run test:servers/);
  });
});
