import { checksumAlgorithm, checksumHeader } from '../checksum/algorithms.ts';
import type { ChecksumAlgorithm } from '../checksum/algorithms.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';

/** The checksum that the client promises for its body: with its value when it stands in a header, without when it comes in the trailer. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
}

const prefix = 'x-amz-checksum-';
/** Headers with that prefix that name no checksum of this body. */
const notValues = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode']);

/** Reads `x-amz-checksum-…`, `x-amz-trailer` and `x-amz-sdk-checksum-algorithm`. Throws 501 for an algorithm we do not verify. */
export function expectedChecksum(request: S3Request): ExpectedChecksum | undefined {
  const inHeaders = Object.keys(request.headers)
    .filter(name => name.startsWith(prefix) && !notValues.has(name))
    .map(name => ({
      algorithm: checksumAlgorithm(name.slice(prefix.length)),
      value: header(request, name) ?? '',
    }));
  const inTrailer = trailerNames(request).map(name => {
    if (!name.startsWith(prefix))
      throw new S3Error('InvalidRequest', `The trailer "${name}" is not a checksum.`);
    return { algorithm: checksumAlgorithm(name.slice(prefix.length)) };
  });
  const [only, ...others] = [...inHeaders, ...inTrailer];
  if (others.length > 0) {
    throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header or trailer.');
  }
  const announced = header(request, 'x-amz-sdk-checksum-algorithm');
  if (announced !== undefined && checksumAlgorithm(announced) !== only?.algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return only;
}

/** The trailer fields that the client announces, in lower case. */
export const trailerNames = (request: S3Request): readonly string[] =>
  (header(request, 'x-amz-trailer') ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '');

/** Throws BadDigest when the bytes are not those that the client promised. */
export function checkChecksum(algorithm: ChecksumAlgorithm, expected: string, actual: string): void {
  if (expected === actual) return;
  throw new S3Error(
    'BadDigest',
    `The ${algorithm} you specified (${checksumHeader(algorithm)}: ${expected}) did not match the calculated checksum.`,
  );
}
