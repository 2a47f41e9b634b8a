import { createHash } from 'node:crypto';
import { crcs } from './algorithms.ts';
import type { Hasher } from './algorithms.ts';

type CrcName = keyof typeof crcs;

/** A part as it counts towards the checksum of the whole. */
export interface CheckedPart {
  /** Bytes. */
  readonly size: number;
  /** Base64. */
  readonly value: string;
}

/**
 * The CRC of all parts joined, from the CRCs of the parts: crc(A‖B) = crc(A)·x^(8·|B|) mod P ⊕ crc(B), polynomials over
 * GF(2) (the method of zlib's crc32_combine). No byte is read again.
 */
export function fullObjectCrc(algorithm: CrcName, parts: readonly CheckedPart[]): string {
  const field = new CrcField(algorithm);
  const whole = parts.reduce(
    (crc, part) => field.multiply(crc, field.shift(part.size)) ^ fromBase64(part.value),
    0n,
  );
  return Buffer.from(whole.toString(16).padStart(field.width / 4, '0'), 'hex').toString('base64');
}

/** The checksum of the parts' checksums, with the number of parts behind it. */
export function compositeChecksum(hasher: Hasher, parts: readonly CheckedPart[]): string {
  for (const part of parts) hasher.update(Buffer.from(part.value, 'base64'));
  return `${hasher.digest()}-${parts.length}`;
}

/** The ETag of a multipart object: MD5 of the parts' MD5s, with the number of parts behind it. Without quotes. */
export function multipartEtag(partMd5s: readonly string[]): string {
  const hash = createHash('md5');
  for (const md5 of partMd5s) hash.update(md5, 'hex');
  return `${hash.digest('hex')}-${partMd5s.length}`;
}

const fromBase64 = (value: string): bigint => BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);

/** Polynomials modulo the CRC's own, in reflected order: the highest bit is x⁰. */
class CrcField {
  readonly width: number;
  private readonly polynomial: bigint;
  private readonly one: bigint;
  private readonly shifts = new Map<number, bigint>();

  constructor(algorithm: CrcName) {
    this.width = crcs[algorithm].width;
    this.polynomial = crcs[algorithm].polynomial;
    this.one = 1n << BigInt(this.width - 1);
  }

  multiply(a: bigint, b: bigint): bigint {
    let product = 0n;
    for (let bit = this.one, power = b; bit > 0n; bit >>= 1n) {
      if ((a & bit) !== 0n) product ^= power;
      power = (power & 1n) === 0n ? power >> 1n : (power >> 1n) ^ this.polynomial;
    }
    return product;
  }

  /** x^(8·bytes). Parts are mostly of one size, so each size is worked out once. */
  shift(bytes: number): bigint {
    const known = this.shifts.get(bytes);
    if (known !== undefined) return known;
    let result = this.one;
    let square = this.one >> 1n;
    for (let exponent = BigInt(bytes) * 8n; exponent > 0n; exponent >>= 1n) {
      if ((exponent & 1n) === 1n) result = this.multiply(result, square);
      square = this.multiply(square, square);
    }
    this.shifts.set(bytes, result);
    return result;
  }
}
