import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createHasher } from '../checksum/algorithms.ts';
import type { ChecksumAlgorithm, Hasher } from '../checksum/algorithms.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Authorization } from '../signature/authorize.ts';
import { checkChecksum, expectedChecksum, trailerNames } from './expected-checksum.ts';
import type { ExpectedChecksum } from './expected-checksum.ts';
import { openBody } from './open-body.ts';

/** What passed through, checked against everything that the client promised about it. */
export interface ReceivedBody {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
  /** Base64 by algorithm: what the client sent and what was asked for in `alsoCompute`. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
  /** The algorithm that the client itself sent. */
  readonly sent: ChecksumAlgorithm | undefined;
}

export interface ReceiveOptions {
  /** More is refused before it is read. */
  readonly maxBytes: number;
  readonly alsoCompute?: ChecksumAlgorithm | undefined;
  /** The checksum headers are about an object and not about this body: so it is with Complete. */
  readonly checksumIsOfObject?: boolean;
}

/** Where the bytes go. A returned promise holds the next bytes back. */
export type Sink = (bytes: Buffer) => Promise<void> | void;

/**
 * Streams a request's body into `sink`, hashing on the way. Resolves only when the length, the SHA-256 of the
 * signature, Content-MD5 and the checksum hold; what the sink got before a rejection is void.
 * Throws IncompleteBody, BadDigest, InvalidDigest, XAmzContentSHA256Mismatch, MissingContentLength, EntityTooLarge.
 */
export async function receiveBody(
  request: S3Request,
  authorization: Authorization,
  sink: Sink,
  options: ReceiveOptions,
): Promise<ReceivedBody> {
  const expected = options.checksumIsOfObject === true ? undefined : expectedChecksum(request);
  const contentMd5 = readContentMd5(request);
  const algorithms = new Set(
    [expected?.algorithm, options.alsoCompute].filter(algorithm => algorithm !== undefined),
  );
  const hashers = new Map<ChecksumAlgorithm, Hasher>();
  for (const algorithm of algorithms) hashers.set(algorithm, await createHasher(algorithm));
  const md5 = createHash('md5');
  const sha256: Hash | undefined = /^[0-9a-f]{64}$/.test(authorization.payload)
    ? createHash('sha256')
    : undefined;

  const body = openBody(request, authorization, options.maxBytes);
  let size = 0;
  for await (const bytes of body.bytes) {
    size += bytes.length;
    if (size > body.length) throw new S3Error('IncompleteBody', 'The body is longer than its length header.');
    md5.update(bytes);
    sha256?.update(bytes);
    for (const hasher of hashers.values()) hasher.update(bytes);
    await sink(bytes);
  }
  if (size !== body.length) {
    throw new S3Error('IncompleteBody', `The body ended after ${size} of ${body.length} bytes.`);
  }
  if (sha256 !== undefined && sha256.digest('hex') !== authorization.payload) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5Hex = md5.digest('hex');
  if (contentMd5 !== undefined && contentMd5 !== md5Hex) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const checksums = new Map([...hashers].map(([algorithm, hasher]) => [algorithm, hasher.digest()]));
  checkExpected(request, expected, checksums, body.trailer);
  return { size, md5: md5Hex, checksums, sent: expected?.algorithm };
}

/** A small body as a whole: XML documents. */
export async function receiveDocument(
  request: S3Request,
  authorization: Authorization,
  options: Pick<ReceiveOptions, 'checksumIsOfObject'> = {},
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const maxBytes = 8 * 1024 * 1024;
  await receiveBody(request, authorization, bytes => void pieces.push(bytes), { ...options, maxBytes });
  return Buffer.concat(pieces);
}

function checkExpected(
  request: S3Request,
  expected: ExpectedChecksum | undefined,
  actual: ReadonlyMap<ChecksumAlgorithm, string>,
  trailer: ReadonlyMap<string, string>,
): void {
  const announced = trailerNames(request);
  if ([...trailer.keys()].some(name => !announced.includes(name))) {
    throw new S3Error('InvalidRequest', 'The trailer holds fields that x-amz-trailer did not announce.');
  }
  if (expected === undefined) return;
  const { algorithm } = expected;
  const value = expected.value ?? trailer.get(`x-amz-checksum-${algorithm.toLowerCase()}`);
  if (value === undefined) throw new S3Error('InvalidRequest', 'The announced checksum trailer is missing.');
  checkChecksum(algorithm, value, actual.get(algorithm) ?? '');
}

function readContentMd5(request: S3Request): string | undefined {
  const value = header(request, 'content-md5');
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === value) return bytes.toString('hex');
  throw new S3Error('InvalidDigest', 'The Content-MD5 you specified is not the base64 of 16 bytes.');
}
