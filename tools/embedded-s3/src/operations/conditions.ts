import { etagListHas } from '../http/etag.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { Guard } from '../store/objects.ts';

const failed = (condition: string) =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.', {
    Condition: condition,
  });

/**
 * The conditions of a write (S3 user guide, "Conditional requests"): `If-None-Match: *` wants the key free,
 * `If-Match` wants it to hold that ETag. Throws 501 for conditions that S3 does not have on writes.
 */
export function writeGuard(request: S3Request): Guard {
  const noneMatch = header(request, 'if-none-match');
  const match = header(request, 'if-match');
  if (noneMatch !== undefined && noneMatch.trim() !== '*') {
    throw notImplemented('If-None-Match with anything but * on a write');
  }
  for (const name of ['if-modified-since', 'if-unmodified-since']) {
    if (header(request, name) !== undefined) throw notImplemented(`${name} on a write`);
  }
  return current => {
    if (noneMatch !== undefined && current !== undefined) throw failed('If-None-Match');
    if (match === undefined) return;
    if (current === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    if (!etagListHas(match, current.etag)) throw failed('If-Match');
  };
}

/** The four conditions of a read, in the order of RFC 9110, 13.2.2. */
export interface ReadConditions {
  readonly match: string | undefined;
  readonly noneMatch: string | undefined;
  readonly modifiedSince: string | undefined;
  readonly unmodifiedSince: string | undefined;
}

/** Reads them from `If-…`, or from `x-amz-copy-source-if-…` with that prefix. */
export const readConditions = (request: S3Request, prefix = ''): ReadConditions => ({
  match: header(request, `${prefix}if-match`),
  noneMatch: header(request, `${prefix}if-none-match`),
  modifiedSince: header(request, `${prefix}if-modified-since`),
  unmodifiedSince: header(request, `${prefix}if-unmodified-since`),
});

/** Whether the caller's copy is still good (304). Throws PreconditionFailed. */
export function isUnchanged(
  conditions: ReadConditions,
  current: { readonly etag: string; readonly modified: number },
): boolean {
  // HTTP dates have whole seconds.
  const modified = Math.floor(current.modified / 1000) * 1000;
  const { match, noneMatch } = conditions;
  const modifiedSince = Date.parse(conditions.modifiedSince ?? '');
  const unmodifiedSince = Date.parse(conditions.unmodifiedSince ?? '');
  if (match !== undefined) {
    if (!etagListHas(match, current.etag)) throw failed('If-Match');
  } else if (!Number.isNaN(unmodifiedSince) && modified > unmodifiedSince) {
    throw failed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) return etagListHas(noneMatch, current.etag);
  return !Number.isNaN(modifiedSince) && modified <= modifiedSince;
}

/** The source of a copy: an unchanged source is a failed condition there, not a 304. */
export function checkCopyConditions(
  request: S3Request,
  source: { readonly etag: string; readonly modified: number },
): void {
  if (isUnchanged(readConditions(request, 'x-amz-copy-source-'), source)) {
    throw failed('x-amz-copy-source-If-None-Match');
  }
}
