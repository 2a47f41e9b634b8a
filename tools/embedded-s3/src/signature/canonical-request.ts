import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { S3Request } from '../http/s3-request.ts';
import { header } from '../http/s3-request.ts';

/** RFC 3986 encoding as SigV4 wants it: only letters, digits and `-_.~` stay. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The canonical request (AWS Signature Version 4 for S3: the path is encoded once and not normalised).
 * Header bytes reach us as latin1, and that is how the caller has to hash it.
 */
export function canonicalRequest(
  request: S3Request,
  signedHeaders: readonly string[],
  payload: string,
): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, valueA], [b, valueB]) => (a === b ? compare(valueA, valueB) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = signedHeaders.map(
    name => `${name}:${(header(request, name) ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    request.path.split('/').map(uriEncode).join('/'),
    query,
    headers.join(''),
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sha256Hex = (text: string | Uint8Array): string =>
  typeof text === 'string'
    ? createHash('sha256').update(text, 'latin1').digest('hex')
    : createHash('sha256').update(text).digest('hex');

export const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();

/** The key of one day, region and service. */
export const signingKey = (secret: string, date: string, region: string): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), 's3'), 'aws4_request');

/** Compares two hex signatures in constant time. */
export function sameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
