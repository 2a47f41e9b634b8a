import { AdapterError } from '@waybill/contract';
import { toAdapterError } from './s3-error.ts';

const place = { bucket: 'films', address: 'https://s3.example.com' };

function answered(name: string, status: number, headers: Record<string, string> = {}) {
  const error = new Error(`${name} said the store`);
  error.name = name;
  return Object.assign(error, { $metadata: { httpStatusCode: status }, $response: { headers } });
}
const socket = (code: string) => Object.assign(new Error(''), { code });

describe('an S3 error, told to a person', () => {
  it.each([
    [answered('InvalidAccessKeyId', 403), 'unauthorized'],
    [answered('SignatureDoesNotMatch', 403), 'unauthorized'],
    [answered('403', 403), 'unauthorized'],
    [answered('NoSuchBucket', 404), 'rejected'],
    [answered('NotFound', 404), 'missing'],
    [answered('SlowDown', 503), 'throttled'],
    [answered('Unknown', 429), 'throttled'],
    [answered('InternalError', 500), 'unreachable'],
    [answered('InternalError', 200), 'unreachable'],
    [answered('BadDigest', 400), 'content-mismatch'],
    [answered('PreconditionFailed', 412), 'conflict'],
    [answered('NotImplemented', 501), 'rejected'],
    [answered('XMinioStorageFull', 507), 'out-of-space'],
    [socket('ECONNREFUSED'), 'unreachable'],
    [socket('DEPTH_ZERO_SELF_SIGNED_CERT'), 'rejected'],
    ['a string', 'unreachable'],
  ])('%s is %s', (error, code) => {
    expect(toAdapterError(error, 'look', place).code).toBe(code);
  });

  it('names bucket, address and what to check', () => {
    const { message } = toAdapterError(answered('InvalidAccessKeyId', 403), 'list the bucket', place);
    expect(message).toBe(
      'Could not list the bucket in bucket films at https://s3.example.com: the store answered InvalidAccessKeyId (403): check accessKeyId/secretAccessKey.',
    );
    expect(toAdapterError(socket('ECONNREFUSED'), 'look', place).message).toContain('connection refused');
    expect(toAdapterError(answered('Unknown', 403), 'look', place).message).toContain(
      'the store answered 403: check accessKeyId',
    );
  });

  it('ends in one full stop, also where the words of the store do', () => {
    const error = Object.assign(answered('MalformedXML', 400), { message: 'It does not\nparse. ' });
    expect(toAdapterError(error, 'look', place).message).toMatch(/: It does not parse\.$/);
  });

  it('keeps the cause, and how long the store asked to wait', () => {
    const cause = answered('SlowDown', 503, { 'retry-after': '7' });
    const error = toAdapterError(cause, 'look', place);
    expect(error.cause).toBe(cause);
    expect(error.retryAfter).toBe(7000);
  });

  it('leaves an AdapterError as it is', () => {
    const error = new AdapterError('conflict', 'Other bytes.');
    expect(toAdapterError(error, 'look', place)).toBe(error);
  });
});
