import { createHash } from 'node:crypto';
import { isMd5Etag } from './etag.ts';

/**
 * The ETag that S3 gives to an object of these parts: MD5 over the parts' MD5s, `-`, their number. Undefined where a part's
 * ETag is no MD5 (server-side encryption with a key service), because nothing can be said then.
 */
export function multipartEtag(partEtags: readonly string[]): string | undefined {
  if (!partEtags.every(isMd5Etag)) return undefined;
  const digest = createHash('md5');
  for (const etag of partEtags) digest.update(etag, 'hex');
  return `${digest.digest('hex')}-${partEtags.length}`;
}
