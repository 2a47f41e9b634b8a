import { faultOf } from './s3-error.ts';

/**
 * What a refused or lost Complete can mean, before the object was looked at.
 * `parts`: the store refuses our list · `checksums`: it wants each part's checksum named · `size-unknown`: it does not bear
 * the total size · `gone`: it no longer knows the upload, which may be because it completed it · `definite`: no
 * repetition helps · `ambiguous`: it may have completed, may still be completing, or not.
 */
export type CompleteDoubt = 'parts' | 'checksums' | 'size-unknown' | 'gone' | 'definite' | 'ambiguous';

const refusedLists = new Set([
  'InvalidPart',
  'InvalidPartOrder',
  'EntityTooSmall',
  'EntityTooLarge',
  'BadDigest',
  'MalformedXML',
]);

export function doubtOf(error: unknown): CompleteDoubt {
  const { code, status, message } = faultOf(error);
  if (refusedLists.has(code)) return 'parts';
  if (code === 'NoSuchUpload' || code === 'NoSuchKey') return 'gone';
  if (code === 'InvalidRequest') return /checksum/i.test(message) ? 'checksums' : 'parts';
  if (code === 'NotImplemented' || code === 'InvalidArgument' || status === 501) return 'size-unknown';
  if (code === 'NoSuchBucket' || code === 'AbortError') return 'definite';
  if (status !== undefined && status >= 300 && status < 500 && ![408, 409, 429].includes(status))
    return 'definite';
  return 'ambiguous';
}
