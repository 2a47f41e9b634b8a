import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { S3Error } from '../s3-error.ts';

/** A request as S3 reads it. Path style only: `/bucket/key`. */
export interface S3Request {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Percent-decoded path, for the signature. */
  readonly path: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
}

/** Splits and decodes the request line. Throws InvalidURI, KeyTooLongError. */
export function readRequest(message: IncomingMessage): S3Request {
  const [rawPath = '/', ...rawQuery] = (message.url ?? '/').split('?');
  const path = decode(rawPath);
  const cut = path.indexOf('/', 1);
  const bucket = cut < 0 ? path.slice(1) : path.slice(1, cut);
  const key = cut < 0 ? '' : path.slice(cut + 1);
  if (Buffer.byteLength(key) > 1024) {
    throw new S3Error('KeyTooLongError', 'Your key is too long: a key has at most 1,024 bytes of UTF-8.');
  }
  return {
    message,
    method: message.method ?? 'GET',
    path,
    bucket: bucket === '' ? undefined : bucket,
    key: key === '' ? undefined : key,
    query: readQuery(rawQuery.join('?')),
    headers: message.headers,
  };
}

/** One header as text; undefined when absent. */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Percent-decoding that says InvalidURI where the bytes are not UTF-8. */
export function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new S3Error(
      'InvalidURI',
      `Could not parse the URI: ${cause instanceof Error ? cause.message : 'it is malformed'}.`,
    );
  }
}

function readQuery(raw: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of raw.split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decode((cut < 0 ? pair : pair.slice(0, cut)).replaceAll('+', ' '));
    if (query.has(name)) {
      throw new S3Error('InvalidArgument', `The query parameter "${name}" is there twice.`);
    }
    query.set(name, cut < 0 ? '' : decode(pair.slice(cut + 1).replaceAll('+', ' ')));
  }
  return query;
}
