import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import { canonicalRequest, hmac, sameSignature, sha256Hex, signingKey } from './canonical-request.ts';
import type { CredentialClaim } from './credential-claim.ts';
import { readClaim } from './credential-claim.ts';

/** The one account of this server. */
export interface Account {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a believed signature says about the body, and what signed chunks are checked against. */
export interface Authorization {
  /** Hex SHA-256 of the body, or UNSIGNED-PAYLOAD, or STREAMING-…. */
  readonly payload: string;
  readonly chunks: ChunkSeed;
}
export interface ChunkSeed {
  readonly key: Buffer;
  readonly timestamp: string;
  readonly scope: string;
  readonly signature: string;
}

const maxSkewMs = 15 * 60_000;

/** Checks who signed the request and when. Throws the error that S3 gives for each way of being wrong. */
export function authorize(request: S3Request, account: Account, now: Date): Authorization {
  const claim = readClaim(request);
  if (request.query.has('X-Amz-Security-Token') || header(request, 'x-amz-security-token') !== undefined) {
    throw new S3Error('InvalidToken', 'The provided token is not known: this server has no session tokens.');
  }
  if (claim.accessKeyId !== account.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 'The access key ID you provided does not exist in our records.', {
      AWSAccessKeyId: claim.accessKeyId,
    });
  }
  if (claim.region !== account.region) {
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${claim.region}' is wrong; expecting '${account.region}'.`,
      { Region: account.region },
    );
  }
  checkTime(claim, now);
  checkSignedHeaders(request, claim);

  const scope = `${claim.date}/${claim.region}/s3/aws4_request`;
  const canonical = canonicalRequest(request, claim.signedHeaders, claim.payload);
  const stringToSign = ['AWS4-HMAC-SHA256', claim.timestamp, scope, sha256Hex(canonical)].join('\n');
  const key = signingKey(account.secretAccessKey, claim.date, claim.region);
  if (!sameSignature(hmac(key, stringToSign).toString('hex'), claim.signature)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { AWSAccessKeyId: claim.accessKeyId, StringToSign: stringToSign, CanonicalRequest: canonical },
    );
  }
  return {
    payload: claim.payload,
    chunks: { key, timestamp: claim.timestamp, scope, signature: claim.signature },
  };
}

function checkTime(claim: CredentialClaim, now: Date): void {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.timestamp) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  if (!claim.timestamp.startsWith(claim.date) || Number.isNaN(signedAt)) {
    throw new S3Error('AccessDenied', `The date of the credential scope is not that of ${claim.timestamp}.`);
  }
  const age = now.getTime() - signedAt;
  if (claim.expires === undefined) {
    if (Math.abs(age) <= maxSkewMs) return;
    throw new S3Error(
      'RequestTimeTooSkewed',
      "The difference between the request time and the server's time is too large.",
      {
        RequestTime: claim.timestamp,
        ServerTime: now.toISOString(),
        MaxAllowedSkewMilliseconds: String(maxSkewMs),
      },
    );
  }
  if (age < -maxSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet.');
  if (age > claim.expires * 1000) {
    throw new S3Error('AccessDenied', 'Request has expired.', {
      Expires: new Date(signedAt + claim.expires * 1000).toISOString(),
      ServerTime: now.toISOString(),
    });
  }
}

/** `host` and every `x-amz-` header must be signed, or someone on the way could have added them. */
function checkSignedHeaders(request: S3Request, claim: CredentialClaim): void {
  const presigned = claim.expires !== undefined;
  const required = ['host', ...Object.keys(request.headers).filter(name => name.startsWith('x-amz-'))];
  const unsigned = required.filter(
    name => !claim.signedHeaders.includes(name) && !(presigned && name === 'x-amz-content-sha256'),
  );
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed.', {
    HeadersNotSigned: unsigned.join(', '),
  });
}
