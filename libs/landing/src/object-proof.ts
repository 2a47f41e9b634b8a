import { AdapterError } from '@waybill/contract';
import { combineCrc32 } from './crc32-combine.ts';
import type { CompleteUpload, LandedObject } from './finalizer-landing.ts';
import { multipartEtag } from './multipart-etag.ts';
import { describePlace, type S3Place } from './s3-place.ts';
import type { ProvenObject } from './stored-proof.ts';

/** What an object of ours has to look like. */
export interface ExpectedObject {
  readonly key: string;
  readonly token: string;
  readonly size: number;
  /** CRC-32 of the whole. */
  readonly crc32?: string;
  /** The ETag that S3 makes of our parts' MD5s. */
  readonly partsEtag?: string;
}

/** What a completed upload has to look like, from our own list of its parts. */
export function expectedObject(upload: CompleteUpload): ExpectedObject {
  const parts = upload.parts.toSorted((a, b) => a.number - b.number);
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  if (parts.length === 0 || total !== upload.size)
    throw new AdapterError(
      'content-mismatch',
      `The ${parts.length} recorded parts of ${upload.key} hold ${total} bytes, not its ${upload.size}.`,
    );
  const pieces = parts.flatMap(({ crc32, size }) => (crc32 === undefined ? [] : [{ crc32, size }]));
  const crc32 = upload.crc32 ?? (pieces.length === parts.length ? combineCrc32(pieces) : undefined);
  const partsEtag = multipartEtag(parts.map(part => part.etag));
  return {
    key: upload.key,
    token: upload.token,
    size: upload.size,
    ...(crc32 === undefined ? {} : { crc32 }),
    ...(partsEtag === undefined ? {} : { partsEtag }),
  };
}

/**
 * Proves that a standing object is the one expected, by the strongest thing that the store tells: its CRC-32 of the whole,
 * else the ETag that it makes of MD5s, else its length. Another's object: `conflict`; ours with other bytes:
 * `content-mismatch`.
 */
export function proveStanding(
  standing: LandedObject,
  expected: ExpectedObject,
  place: S3Place,
): ProvenObject {
  if (standing.token !== expected.token) throw foreign(standing, place);
  const found = { etag: standing.etag, size: standing.size };
  if (standing.size !== expected.size)
    throw differs(expected.key, place, `${standing.size} bytes instead of ${expected.size}`);
  if (standing.crc32 !== undefined && expected.crc32 !== undefined) {
    if (standing.crc32 !== expected.crc32)
      throw differs(expected.key, place, `CRC-32 ${standing.crc32} instead of ${expected.crc32}`);
    return {
      ...found,
      proofLevel: 'in_flight',
      checksum: { algorithm: 'crc32', value: standing.crc32 },
    };
  }
  if (expected.partsEtag !== undefined && /^[0-9a-f]{32}-\d+$/i.test(standing.etag)) {
    if (standing.etag.toLowerCase() !== expected.partsEtag.toLowerCase())
      throw differs(expected.key, place, `ETag ${standing.etag} instead of ${expected.partsEtag}`);
    return {
      ...found,
      proofLevel: 'in_flight',
      checksum: { algorithm: 'md5-etag', value: standing.etag },
    };
  }
  return { ...found, proofLevel: 'size' };
}

/** Another's object under our key. */
export function foreign(standing: LandedObject, place: S3Place): AdapterError {
  return new AdapterError(
    'conflict',
    `Another object stands as ${standing.key} in ${describePlace(place)}, ${standing.size} bytes that Waybill did not put there for this asset.`,
  );
}

function differs(key: string, place: S3Place, how: string): AdapterError {
  return new AdapterError(
    'content-mismatch',
    `${key} in ${describePlace(place)} is not what was sent: ${how}.`,
  );
}
