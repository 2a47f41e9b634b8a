import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import type { ObjectHeaders } from '../store/manifest.ts';

/** What S3 stores with an object and gives back as it came. */
const stored = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const metaPrefix = 'x-amz-meta-';
/** S3's limit for all user metadata of an object. */
const maxMetadata = 2048;

/** Reads them from the request that makes an object. Throws MetadataTooLarge. */
export function readObjectHeaders(request: S3Request): ObjectHeaders {
  const headers: Record<string, string> = {};
  for (const name of stored) {
    const value = header(request, name);
    const kept = name === 'content-encoding' ? withoutFraming(value) : value;
    if (kept !== undefined && kept !== '') headers[name] = kept;
  }
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const name of Object.keys(request.headers).filter(other => other.startsWith(metaPrefix))) {
    const value = header(request, name) ?? '';
    metadata[name.slice(metaPrefix.length)] = value;
    size += name.length - metaPrefix.length + value.length;
  }
  if (size > maxMetadata) {
    throw new S3Error(
      'MetadataTooLarge',
      `Your metadata of ${size} bytes exceeds the ${maxMetadata} allowed.`,
    );
  }
  return { contentType: header(request, 'content-type') ?? 'binary/octet-stream', headers, metadata };
}

/** The same as headers of an answer. */
export function writeObjectHeaders({
  contentType,
  headers,
  metadata,
}: ObjectHeaders): Record<string, string> {
  return {
    'content-type': contentType,
    ...headers,
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${metaPrefix}${name}`, value])),
  };
}

/** `aws-chunked` describes the transfer, not the object. */
function withoutFraming(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(',')
    .map(name => name.trim())
    .filter(name => name.toLowerCase() !== 'aws-chunked')
    .join(',');
}
