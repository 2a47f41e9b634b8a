import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64 } from 'hash-wasm';
import { notImplemented } from '../s3-error.ts';

/** The checksum algorithms that this server verifies. Any other is answered 501, never accepted unseen. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/**
 * FULL_OBJECT: of all bytes, whatever the parts. COMPOSITE: of the parts' checksums, written `value-N`
 * (S3 user guide, "Checking object integrity").
 */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum as S3 writes it: base64, big endian, with `-N` behind a composite one. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** Takes bytes as they pass; `digest` gives base64 and ends it. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  digest(): string;
}

/** A CRC as `width` bits, reflected, with all ones in and out (RFC 3720 for CRC32C; NVM Express for CRC64NVME). */
export const crcs = {
  CRC32: { width: 32, polynomial: 0xedb88320n },
  CRC32C: { width: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

export const isCrc = (algorithm: ChecksumAlgorithm): algorithm is keyof typeof crcs =>
  Object.hasOwn(crcs, algorithm);

/** The algorithm behind an S3 name such as `CRC32` or the end of `x-amz-checksum-crc32`. Throws 501 for the others. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const found = checksumAlgorithms.find(algorithm => algorithm === name.toUpperCase());
  if (found === undefined) throw notImplemented(`the checksum algorithm "${name}"`);
  return found;
}

export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

export async function createHasher(algorithm: ChecksumAlgorithm): Promise<Hasher> {
  switch (algorithm) {
    case 'CRC32':
      return nativeCrc32();
    case 'CRC32C':
      return wasm(await createCRC32(Number(crcs.CRC32C.polynomial)));
    case 'CRC64NVME':
      return wasm(await createCRC64(crcs.CRC64NVME.polynomial.toString(16)));
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: chunk => void hash.update(chunk), digest: () => hash.digest('base64') };
    }
  }
}

function nativeCrc32(): Hasher {
  let value = 0;
  return {
    update: chunk => {
      value = crc32(chunk, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

function wasm(hasher: Awaited<ReturnType<typeof createCRC32>>): Hasher {
  hasher.init();
  return {
    update: chunk => void hasher.update(chunk),
    digest: () => Buffer.from(hasher.digest('binary')).toString('base64'),
  };
}
