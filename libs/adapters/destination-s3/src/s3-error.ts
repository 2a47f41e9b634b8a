import { AdapterError, type AdapterErrorCode } from '@waybill/contract';

/** What a store said, or why there is no answer. */
export interface S3Fault {
  /** Absent: there was no answer. */
  readonly status: number | undefined;
  /** The store's error code, or Node's. */
  readonly code: string;
}

/** Reads an error of the S3 client, or an AdapterError that was made of one. */
export function faultOf(error: unknown): S3Fault {
  const raw = error instanceof AdapterError ? error.cause : error;
  const status = property(property(raw, '$metadata'), 'httpStatusCode');
  // The client wraps what it does not take for an error, and keeps only the words: the system's code is among them.
  const inWords = /\b(ECONNREFUSED|ENOTFOUND)\b/.exec(String(property(raw, 'message')))?.[1];
  const code = [inWords, property(raw, 'Code'), property(raw, 'code'), property(raw, 'name')].find(
    word => typeof word === 'string' && word !== '',
  );
  return {
    status: typeof status === 'number' ? status : undefined,
    code: typeof code === 'string' ? code : 'Error',
  };
}

/** True when the request may have been carried out although it failed for us (AWS reports errors of Complete inside a 200). */
export function isInDoubt(error: unknown): boolean {
  if (error instanceof AdapterError && error.cause === undefined) return false;
  const { status, code } = faultOf(error);
  if (code === 'NoSuchUpload') return true;
  return status === undefined || status < 300 || (status >= 500 && status !== 501);
}

const codes: Readonly<Record<string, { code: AdapterErrorCode; reason: string }>> = {
  InvalidAccessKeyId: {
    code: 'unauthorized',
    reason: 'the access key is not known there; check accessKeyId',
  },
  SignatureDoesNotMatch: {
    code: 'unauthorized',
    reason: 'the signature does not match; check secretAccessKey and region',
  },
  RequestTimeTooSkewed: {
    code: 'unauthorized',
    reason: 'the clocks differ too much; set the clock of this machine',
  },
  AuthorizationHeaderMalformed: { code: 'unauthorized', reason: 'the store expects another region' },
  NoSuchBucket: {
    code: 'rejected',
    reason: 'there is no such bucket; make it, or correct the configuration',
  },
  PermanentRedirect: { code: 'rejected', reason: 'the bucket lies in another region or at another endpoint' },
  KeyTooLongError: { code: 'rejected', reason: 'the key is too long for the store' },
  EntityTooLarge: { code: 'rejected', reason: 'the store takes no file of this size' },
  BadDigest: { code: 'content-mismatch', reason: 'other bytes reached the store than were sent' },
  InvalidDigest: { code: 'content-mismatch', reason: 'other bytes reached the store than were sent' },
  PreconditionFailed: { code: 'conflict', reason: 'something else was stored under the key meanwhile' },
  QuotaExceeded: { code: 'out-of-space', reason: 'the quota is used up; free space there' },
  InsufficientStorage: { code: 'out-of-space', reason: 'the store is full; free space there' },
  XMinioStorageFull: { code: 'out-of-space', reason: 'the store is full; free space there' },
  ECONNREFUSED: { code: 'unreachable', reason: 'the connection was refused; is the store running' },
  ENOTFOUND: { code: 'unreachable', reason: 'the host name of the endpoint is not known' },
  TimeoutError: { code: 'unreachable', reason: 'no answer within the deadline' },
};

const statuses: Readonly<Record<number, { code: AdapterErrorCode; reason: string }>> = {
  401: { code: 'unauthorized', reason: 'the store refuses these credentials' },
  403: {
    code: 'unauthorized',
    reason:
      'access is denied; check accessKeyId and secretAccessKey, and that they may list, read and write this bucket',
  },
  404: { code: 'rejected', reason: 'there is no such bucket or object' },
  409: { code: 'throttled', reason: 'another request for this key is under way' },
  412: { code: 'conflict', reason: 'something else was stored under the key meanwhile' },
  413: { code: 'out-of-space', reason: 'the quota is used up or the file too large' },
  429: { code: 'throttled', reason: 'the store asks to slow down' },
  503: { code: 'throttled', reason: 'the store asks to slow down' },
  507: { code: 'out-of-space', reason: 'the store is full; free space there' },
};

/** One code and one sentence for what failed while `doing` something, such as `store films/a.mp4`. */
export function storeError(where: string, doing: string, error: unknown): AdapterError {
  if (error instanceof AdapterError) return error;
  const { status, code } = faultOf(error);
  const known =
    (Object.hasOwn(codes, code) ? codes[code] : undefined) ??
    (status === undefined ? undefined : statuses[status]);
  const fallback = status !== undefined && status >= 300 && status < 500 ? 'rejected' : 'unreachable';
  const answer = status === undefined ? '' : ` (the store answered ${status} ${code})`;
  const waits = Number(property(property(property(error, '$response'), 'headers'), 'retry-after'));
  return new AdapterError(
    known?.code ?? (status === 501 ? 'rejected' : fallback),
    `${where}: cannot ${doing}: ${known?.reason ?? saying(error)}${answer}.`,
    { cause: error, ...(waits > 0 ? { retryAfter: waits * 1000 } : {}) },
  );
}

/** A property of whatever was thrown; `instanceof` does not tell errors of other realms. */
function property(thing: unknown, name: string): unknown {
  return typeof thing === 'object' && thing !== null ? Reflect.get(thing, name) : undefined;
}

/** What whatever was thrown says. */
export function saying(error: unknown): string {
  const message = property(error, 'message');
  return typeof message === 'string' && message !== '' ? message : faultOf(error).code;
}
