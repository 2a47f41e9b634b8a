import type { ServerResponse } from 'node:http';
import type { Authorization } from '../signature/authorize.ts';
import { S3Error } from '../s3-error.ts';
import type { Store } from '../store/open-store.ts';
import type { S3Request } from './s3-request.ts';

/** A believed request, where its answer goes, and what it is about. */
export interface Exchange {
  readonly request: S3Request;
  readonly authorization: Authorization;
  readonly response: ServerResponse;
  readonly store: Store;
  readonly region: string;
}

/** Answers one kind of request. Throws S3Error before the first byte of the answer. */
export type Operation = (exchange: Exchange) => Promise<void>;

export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

/** Sends a whole answer; resolves when it is handed over. */
export function answer(
  { response }: Pick<Exchange, 'response'>,
  status: number,
  headers: AnswerHeaders = {},
  body = '',
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, defined({ ...headers, ...lengthHeader(status, bytes.length) }));
  response.end(bytes);
}

export function answerXml(
  exchange: Pick<Exchange, 'response'>,
  xml: string,
  headers: AnswerHeaders = {},
): void {
  answer(exchange, 200, { 'content-type': 'application/xml', ...headers }, xml);
}

/** Headers without those that have no value. */
export function defined(headers: AnswerHeaders): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

/** Bucket and key of a request for an object. */
export function objectOf({ request, store }: Exchange) {
  return { ...bucketOf({ request, store }), key: request.key ?? '' };
}

/** The bucket of a request. Throws NoSuchBucket. */
export function bucketOf({ request, store }: Pick<Exchange, 'request' | 'store'>) {
  return { bucket: store.buckets.get(request.bucket ?? '') };
}

/** A query parameter that counts: at least `min`, at most `max` (S3 cuts silently above it). Throws InvalidArgument. */
export function countParameter(
  request: S3Request,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const value = request.query.get(name);
  if (value === undefined || value === '') return bounds.otherwise;
  const count = Number(value);
  if (/^\d{1,10}$/.test(value) && count >= bounds.min) return Math.min(count, bounds.max);
  throw new S3Error('InvalidArgument', `Argument ${name} must be a whole number from ${bounds.min}.`, {
    ArgumentName: name,
    ArgumentValue: value,
  });
}

// 204 and 304 have no body and so no length (RFC 9110, 8.6).
const lengthHeader = (status: number, length: number) =>
  status === 204 || status === 304 ? {} : { 'content-length': length };
