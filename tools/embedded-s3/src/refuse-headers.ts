import { header } from './http/s3-request.ts';
import type { S3Request } from './http/s3-request.ts';
import { notImplemented } from './s3-error.ts';

/** `x-amz-` headers that this server acts on, or that ask for nothing. */
const served = new Set([
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-range',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-metadata-directive',
  'x-amz-mp-object-size',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/** Headers that are served for these values alone: those that ask for what is so anyway. */
const servedValues: Readonly<Record<string, readonly string[]>> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-tagging-directive': ['COPY'],
};

const servedPrefixes = ['x-amz-meta-', 'x-amz-checksum-'];

/** Throws 501 for a header that asks for something which this server does not do, rather than passing over it. */
export function refuseUnservedHeaders(request: S3Request): void {
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith('x-amz-') || served.has(name)) continue;
    if (servedPrefixes.some(prefix => name.startsWith(prefix))) continue;
    const value = header(request, name) ?? '';
    if (servedValues[name]?.includes(value) === true) continue;
    throw notImplemented(`the header ${name}: ${value}`);
  }
}
