import {
  checksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  createHasher,
  isCrc,
} from '../checksum/algorithms.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../checksum/algorithms.ts';
import { compositeChecksum, fullObjectCrc } from '../checksum/combine.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import type { UploadedPart, UploadIntent } from '../store/manifest.ts';

/** The kind of checksum that CreateMultipartUpload asks for. Throws InvalidRequest for pairs that S3 does not have. */
export function readUploadChecksum(request: S3Request): UploadIntent['checksum'] {
  const name = header(request, 'x-amz-checksum-algorithm');
  const type = readType(request);
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error('InvalidRequest', 'x-amz-checksum-type needs x-amz-checksum-algorithm.');
  }
  const algorithm = checksumAlgorithm(name);
  const usual: ChecksumType = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const chosen = type ?? usual;
  if (
    (chosen === 'FULL_OBJECT' && !isCrc(algorithm)) ||
    (chosen === 'COMPOSITE' && algorithm === 'CRC64NVME')
  ) {
    throw new S3Error(
      'InvalidRequest',
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

function readType(request: S3Request): ChecksumType | undefined {
  const type = header(request, 'x-amz-checksum-type');
  if (type === undefined || type === 'FULL_OBJECT' || type === 'COMPOSITE') return type;
  throw new S3Error('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.');
}

/** A part's checksum against the upload's kind. `sent` is what the client itself sent. Throws InvalidRequest. */
export function checkPartAlgorithm(
  kind: UploadIntent['checksum'],
  sent: ChecksumAlgorithm | undefined,
): void {
  if (kind === undefined || sent === kind.algorithm) return;
  // S3 computes a full-object CRC by itself; a composite one is made of what the client vouched for.
  if (sent === undefined && kind.type === 'FULL_OBJECT') return;
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${kind.algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}.`,
  );
}

/** The checksum of the completed object, from its parts'; checked against what Complete says it is. Throws BadDigest, InvalidRequest. */
export async function completedChecksum(
  request: S3Request,
  kind: UploadIntent['checksum'],
  parts: readonly UploadedPart[],
): Promise<Checksum | undefined> {
  const checksum = kind === undefined ? undefined : await combine(kind, parts);
  const type = readType(request);
  if (type !== undefined && type !== checksum?.type) {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  for (const algorithm of checksumAlgorithms) {
    const said = header(request, checksumHeader(algorithm));
    if (said === undefined) continue;
    const actual = checksum?.algorithm === algorithm ? checksum.value : undefined;
    if (actual === undefined) {
      throw new S3Error(
        'InvalidRequest',
        `The upload was not created with the ${algorithm} checksum algorithm.`,
      );
    }
    // A composite value may be given without its number of parts.
    if (said !== actual && said !== actual.replace(/-\d+$/, '')) {
      throw new S3Error(
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum of the whole object.`,
      );
    }
  }
  return checksum;
}

async function combine(
  { algorithm, type }: NonNullable<UploadIntent['checksum']>,
  parts: readonly UploadedPart[],
): Promise<Checksum> {
  const checked = parts.map(part => ({ size: part.size, value: part.checksums[algorithm] ?? '' }));
  if (type === 'FULL_OBJECT' && isCrc(algorithm)) {
    return { algorithm, type, value: fullObjectCrc(algorithm, checked) };
  }
  return { algorithm, type, value: compositeChecksum(await createHasher(algorithm), checked) };
}
