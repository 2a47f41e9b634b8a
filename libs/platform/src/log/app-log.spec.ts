import { inspect } from 'node:util';
import { AppLog } from './app-log.ts';
import { NestLog } from './nest-log.ts';

const capture = () => {
  const lines: Record<string, unknown>[] = [];
  const log = AppLog.create({
    app: 'edge-ingester',
    destination: { write: text => lines.push(JSON.parse(text) as Record<string, unknown>) },
  });
  return { log, lines };
};

describe('the log of an app', () => {
  it('writes a JSON line with time, level, app, sentence and ids', () => {
    const { log, lines } = capture();
    log.with({ source: 'model-csv' }).info('A file was discovered.', { assetId: 'a1', size: 12n });
    expect(lines).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
        level: 'info',
        app: 'edge-ingester',
        msg: 'A file was discovered.',
        source: 'model-csv',
        assetId: 'a1',
        size: '12',
      },
    ]);
  });

  it('tells an error with its code and the messages of its causes, and its stack only when it is one', () => {
    const { log, lines } = capture();
    const error = Object.assign(
      new Error('the upload failed', { cause: new Error('socket\n hang up', { cause: 'TLS alert' }) }),
      { code: 'unreachable' },
    );
    log.warn('It is tried again.', error);
    log.error('It is not.', error);
    expect(lines[0]?.['error']).toEqual({
      type: 'Error',
      code: 'unreachable',
      message: 'the upload failed',
      causes: ['socket hang up', 'TLS alert'],
    });
    expect(lines[1]?.['error']).toHaveProperty('stack');
  });

  it('survives an error that is its own cause', () => {
    const { log, lines } = capture();
    const error = new Error('round');
    error.cause = error;
    log.error('Round and round.', error);
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['in the sentence', (log: AppLog) => log.info('Connecting to postgresql://waybill:hunter2@db/waybill')],
    ['in an error', (log: AppLog) => log.warn('Failed.', new Error('bad redis://:hunter2@cache'))],
    [
      'in a cause',
      (log: AppLog) => log.warn('Failed.', new Error('x', { cause: new Error('password=hunter2') })),
    ],
    ['in a stack', (log: AppLog) => log.error('Failed.', new Error('Authorization: Bearer hunter2hunter2'))],
    [
      'in a signed address',
      (log: AppLog) => log.info('PUT https://s3/x?X-Amz-Signature=hunter2&partNumber=1'),
    ],
    [
      'under a telling name',
      (log: AppLog) => log.info('Config.', { landing: { secretAccessKey: 'hunter2' } }),
    ],
    ['in a header', (log: AppLog) => log.info('Sent.', { headers: [{ Authorization: 'hunter2' }] })],
    ['through Nest', (log: AppLog) => new NestLog(log).warn('redis://u:hunter2@cache is away', 'queue')],
    [
      'in a key file',
      (log: AppLog) =>
        log.info('-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----'),
    ],
  ])('masks a secret %s', (_, write) => {
    const { log, lines } = capture();
    write(log);
    expect(lines).toHaveLength(1);
    expect(inspect(lines, { depth: 9 })).toContain('[secret]');
    expect(inspect(lines, { depth: 9 })).not.toContain('hunter2');
  });

  it('stays quick on long texts', () => {
    const { log } = capture();
    const began = performance.now();
    for (const text of ['a', ':/', 'password=', 'bearer ', '-----BEGIN PRIVATE KEY-----']) {
      log.info(text.repeat(100_000 / text.length));
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('leaves keys of objects and files readable', () => {
    const { log, lines } = capture();
    log.info('Landed raw/key=1/a.csv.', { key: 'raw/key=1/a.csv', tokens: undefined, accessKeyId: 'AKIA' });
    expect(lines[0]).toMatchObject({
      msg: 'Landed raw/key=1/a.csv.',
      key: 'raw/key=1/a.csv',
      accessKeyId: 'AKIA',
    });
  });

  it('keeps the start-up chatter of Nest to itself', () => {
    const { log, lines } = capture();
    const nest = new NestLog(log);
    nest.log('Mapped {/health/live, GET} route', 'RouterExplorer');
    nest.error('Error: x', 'at line 1', 'ExceptionHandler');
    nest.error(new Error('a job failed'), undefined, 'Scheduler');
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', msg: 'a job failed', context: 'Scheduler' }),
    ]);
  });
});
