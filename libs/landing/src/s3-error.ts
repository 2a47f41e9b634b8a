import { AdapterError, type AdapterErrorCode } from '@waybill/contract';
import { describePlace, type S3Place } from './s3-place.ts';

/** What can be told of an error that the S3 client threw. */
export interface S3Fault {
  /** The store's error code, or Node's. `Error` where there is none. */
  readonly code: string;
  /** Absent: there was no answer. */
  readonly status?: number;
  readonly message: string;
  /** Milliseconds from a Retry-After header. */
  readonly retryAfter?: number;
}

interface RawFault {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Record<string, string> };
}

/** Reads an SDK or socket error without trusting its shape. */
export function faultOf(error: unknown): S3Fault {
  const raw: RawFault = typeof error === 'object' && error !== null ? error : { message: String(error) };
  const status = raw.$metadata?.httpStatusCode ?? raw.$response?.statusCode;
  const retryAfter = retryAfterOf(raw.$response?.headers?.['retry-after']);
  return {
    code: firstWord(raw.code, raw.Code, raw.name) ?? 'Error',
    ...(status === undefined ? {} : { status }),
    message: raw.message ?? '',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function firstWord(...candidates: (string | undefined)[]): string | undefined {
  return candidates.find(word => typeof word === 'string' && word !== '' && word !== 'Error');
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

const codeTable: Readonly<Record<string, AdapterErrorCode>> = {
  SlowDown: 'throttled',
  ServiceUnavailable: 'throttled',
  TooManyRequests: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  OperationAborted: 'throttled',
  ConditionalRequestConflict: 'throttled',
  RequestTimeout: 'unreachable',
  IncompleteBody: 'unreachable',
  TimeoutError: 'unreachable',
  AccessDenied: 'unauthorized',
  AllAccessDisabled: 'unauthorized',
  AccountProblem: 'unauthorized',
  AuthorizationHeaderMalformed: 'unauthorized',
  ExpiredToken: 'unauthorized',
  InvalidAccessKeyId: 'unauthorized',
  InvalidToken: 'unauthorized',
  RequestTimeTooSkewed: 'unauthorized',
  SignatureDoesNotMatch: 'unauthorized',
  NoSuchBucket: 'rejected',
  InvalidBucketName: 'rejected',
  PermanentRedirect: 'rejected',
  TemporaryRedirect: 'rejected',
  EntityTooLarge: 'rejected',
  NoSuchKey: 'missing',
  NotFound: 'missing',
  NoSuchUpload: 'missing',
  PreconditionFailed: 'conflict',
  BadDigest: 'content-mismatch',
  InvalidDigest: 'content-mismatch',
  XAmzContentSHA256Mismatch: 'content-mismatch',
  XAmzContentChecksumMismatch: 'content-mismatch',
  InsufficientStorage: 'out-of-space',
  QuotaExceeded: 'out-of-space',
  XMinioStorageFull: 'out-of-space',
};

function codeOf(fault: S3Fault): AdapterErrorCode {
  const known = Object.hasOwn(codeTable, fault.code) ? codeTable[fault.code] : undefined;
  if (known !== undefined) return known;
  const { status } = fault;
  if (status === undefined) return isCertificateFault(fault) ? 'rejected' : 'unreachable';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'missing';
  if (status === 412) return 'conflict';
  if (status === 429 || status === 503) return 'throttled';
  if (status === 507) return 'out-of-space';
  // 501 says that this store will never do it; a body that is not S3's, under 2xx, comes from something in between.
  if (status === 501 || (status >= 300 && status < 500)) return 'rejected';
  return 'unreachable';
}

function isCertificateFault(fault: S3Fault): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)_|ERR_TLS/.test(fault.code);
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the name server does not answer',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer in time',
  TimeoutError: 'no answer in time',
  AbortError: 'the call was stopped',
};

/** One clause for a person: what the store or the network said, and the next step where one is known. */
function reasonOf(fault: S3Fault, place: S3Place): string {
  const said = saidBy(fault);
  switch (fault.code) {
    case 'RequestTimeTooSkewed':
      return 'this machine and the store disagree about the time: set the clock';
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
      return `the store answered ${said}: check region and endpoint`;
    case 'NoSuchBucket':
      return `there is no bucket ${place.bucket}: create it or correct bucket in the configuration`;
    case 'AccessDenied':
      return `the store answered ${said}: check accessKeyId/secretAccessKey and what they permit on this bucket`;
  }
  if (codeOf(fault) === 'unauthorized')
    return `the store answered ${said}: check accessKeyId/secretAccessKey`;
  if (fault.status !== undefined)
    return `the store answered ${said}${fault.message === '' ? '' : `: ${oneLine(fault.message)}`}`;
  if (isCertificateFault(fault)) return `its certificate is not trusted (${fault.code})`;
  return networkReasons[fault.code] ?? `${said} ${oneLine(fault.message)}`.trim();
}

/** An answer to HEAD has no body that could name a code. */
function saidBy({ code, status }: S3Fault): string {
  if (status === undefined) return code;
  return ['Unknown', 'UnknownError', 'Error', String(status)].includes(code)
    ? String(status)
    : `${code} (${status})`;
}

function oneLine(message: string): string {
  return message
    .replace(/\s+/g, ' ')
    .slice(0, 300)
    .replace(/[.\s]+$/, '');
}

/**
 * The one place where what the S3 client threw becomes an AdapterError.
 * @param doing what failed, as in "could not <doing>": `send part 3 of a/b.mp4`
 */
export function toAdapterError(error: unknown, doing: string, place: S3Place): AdapterError {
  if (error instanceof AdapterError) return error;
  const fault = faultOf(error);
  return new AdapterError(
    codeOf(fault),
    `Could not ${doing} in ${describePlace(place)}: ${reasonOf(fault, place)}.`,
    {
      cause: error,
      ...(fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter }),
    },
  );
}
