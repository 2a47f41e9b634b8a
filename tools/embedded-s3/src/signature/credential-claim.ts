import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import type { S3ErrorCode } from '../s3-error.ts';

/** What a request says about who signed it, not yet believed. */
export interface CredentialClaim {
  readonly accessKeyId: string;
  /** YYYYMMDD of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** YYYYMMDD'T'HHMMSS'Z'. */
  readonly timestamp: string;
  /** Hex SHA-256 of the body, or one of the words that stand for it. */
  readonly payload: string;
  /** Seconds after `timestamp`; present: a presigned URL. */
  readonly expires?: number;
}

/** Reads the Authorization header or the presigned query. Throws AccessDenied when there is neither. */
export function readClaim(request: S3Request): CredentialClaim {
  const authorization = header(request, 'authorization');
  if (authorization !== undefined) return fromHeader(request, authorization);
  if (request.query.has('X-Amz-Algorithm')) return fromQuery(request);
  if (request.query.has('Signature') && request.query.has('AWSAccessKeyId')) throw oldScheme();
  throw new S3Error('AccessDenied', 'Access denied: the request is not signed.');
}

const oldScheme = () =>
  new S3Error(
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  );

function fromHeader(request: S3Request, authorization: string): CredentialClaim {
  const [scheme, rest = ''] = authorization.split(/ (.*)/s);
  if (scheme !== 'AWS4-HMAC-SHA256') throw oldScheme();
  const fields = new Map(
    rest.split(',').map(field => {
      const cut = field.indexOf('=');
      return [field.slice(0, cut).trim(), field.slice(cut + 1).trim()] as const;
    }),
  );
  const code = 'AuthorizationHeaderMalformed';
  const payload = header(request, 'x-amz-content-sha256');
  if (payload === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256.');
  }
  return {
    ...scope(need(fields.get('Credential'), 'Credential', code), code),
    signedHeaders: need(fields.get('SignedHeaders'), 'SignedHeaders', code).split(';'),
    signature: need(fields.get('Signature'), 'Signature', code),
    timestamp: timestampOf(header(request, 'x-amz-date'), header(request, 'date')),
    payload,
  };
}

function fromQuery(request: S3Request): CredentialClaim {
  const code = 'AuthorizationQueryParametersError';
  const field = (name: string) => need(request.query.get(name), name, code);
  if (field('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error(code, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256".');
  }
  const expires = Number(field('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 0 || expires > 604_800) {
    throw new S3Error(code, 'X-Amz-Expires must be a number of seconds, at most a week (604800).');
  }
  return {
    ...scope(field('X-Amz-Credential'), code),
    signedHeaders: field('X-Amz-SignedHeaders').split(';'),
    signature: field('X-Amz-Signature'),
    timestamp: timestampOf(field('X-Amz-Date'), undefined),
    payload:
      request.query.get('X-Amz-Content-Sha256') ??
      header(request, 'x-amz-content-sha256') ??
      'UNSIGNED-PAYLOAD',
    expires,
  };
}

function need(value: string | undefined, name: string, code: S3ErrorCode): string {
  if (value === undefined || value === '') throw new S3Error(code, `The signature lacks ${name}.`);
  return value;
}

function scope(credential: string, code: S3ErrorCode) {
  const fields = credential.split('/');
  const [terminator, service, region, date] = fields.slice(-4).reverse();
  const accessKeyId = fields.slice(0, -4).join('/');
  if (date === undefined || region === undefined || service !== 's3' || terminator !== 'aws4_request') {
    throw new S3Error(
      code,
      'The Credential is not "<access key id>/YYYYMMDD/<region>/s3/aws4_request" as it must be.',
    );
  }
  return { accessKeyId, date, region };
}

function timestampOf(amzDate: string | undefined, date: string | undefined): string {
  const timestamp =
    amzDate ??
    (date === undefined || Number.isNaN(Date.parse(date))
      ? ''
      : new Date(date).toISOString().replace(/[-:]|\.\d+/g, ''));
  if (/^\d{8}T\d{6}Z$/.test(timestamp)) return timestamp;
  throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header.');
}
