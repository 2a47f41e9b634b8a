import { normalEtag } from './etag.ts';
import { multipartEtag } from './multipart-etag.ts';

describe('normalEtag', () => {
  it.each([
    ['"abc"', 'abc'],
    ['abc', 'abc'],
    ['&quot;abc&quot;', 'abc'],
    ['W/"abc"', 'abc'],
    ['""', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s', (given, expected) => {
    expect(normalEtag(given)).toBe(expected);
  });
});

describe('multipartEtag', () => {
  it('is that of S3', () => {
    // Two parts "a" and "b": md5(md5(a) ++ md5(b)), computed with md5sum and xxd.
    expect(multipartEtag(['0cc175b9c0f1b6a831c399e269772661', '92eb5ffee6ae2fec3ad71c777531578f'])).toBe(
      '96e024ba2074fe77e8e965ba43a704be-2',
    );
  });

  it('is unknown where a part is not named by its MD5', () => {
    expect(multipartEtag(['0cc175b9c0f1b6a831c399e269772661', 'kms-made-this'])).toBeUndefined();
  });
});
