import { AdapterError } from '@waybill/contract';
import { isInDoubt, storeError } from './s3-error.ts';

const answer = (status: number, code = 'Some', headers: Record<string, string> = {}) =>
  Object.assign(new Error('said the store'), {
    name: code,
    $metadata: { httpStatusCode: status },
    $response: { headers },
  });
const broken = (code: string) => Object.assign(new Error('broke'), { code });

describe('what a store answers', () => {
  it.each([
    [answer(403, 'InvalidAccessKeyId'), 'unauthorized', 'check accessKeyId'],
    [answer(403, 'SignatureDoesNotMatch'), 'unauthorized', 'check secretAccessKey'],
    [answer(403), 'unauthorized', 'access is denied'],
    [answer(404, 'NoSuchBucket'), 'rejected', 'no such bucket'],
    [answer(301, 'PermanentRedirect'), 'rejected', 'another region'],
    [answer(400, 'BadDigest'), 'content-mismatch', 'other bytes'],
    [answer(412, 'PreconditionFailed'), 'conflict', 'meanwhile'],
    [answer(501, 'NotImplemented'), 'rejected', '501'],
    [answer(503, 'SlowDown'), 'throttled', 'slow down'],
    [answer(507), 'out-of-space', 'full'],
    [answer(500, 'InternalError'), 'unreachable', '500'],
    [broken('ECONNREFUSED'), 'unreachable', 'refused'],
    [broken('EPIPE'), 'unreachable', 'broke'],
  ])('%s is told', (error, code, words) => {
    const told = storeError('Destination "archive"', 'store a.mp4', error);
    expect(told.code).toBe(code);
    expect(told.message).toMatch(/^Destination "archive": cannot store a\.mp4: /);
    expect(told.message).toContain(words);
    expect(told.cause).toBe(error);
  });

  it('says how long to wait', () => {
    expect(storeError('there', 'store', answer(503, 'SlowDown', { 'retry-after': '7' })).retryAfter).toBe(
      7_000,
    );
  });

  it.each([
    ['no answer', broken('ECONNRESET'), true],
    ['a server error', answer(500), true],
    ['an error inside a 200', answer(200, 'InternalError'), true],
    ['an upload that is gone', answer(404, 'NoSuchUpload'), true],
    ['a denial', answer(403), false],
    ['an ability that is not there', answer(501), false],
    ['a failure of our own', new AdapterError('content-mismatch', 'Other bytes.'), false],
  ])('leaves in doubt whether it was done: %s', (_what, error, doubt) => {
    expect(isInDoubt(error)).toBe(doubt);
  });
});
