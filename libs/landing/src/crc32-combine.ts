/** Reflected CRC-32 polynomial (ISO-HDLC, the one of zlib, gzip and S3's x-amz-checksum-crc32). */
const polynomial = 0xedb88320;

/** Product of two polynomials modulo the CRC polynomial, bits reflected, as zlib's multmodp. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 0 ? factor >>> 1 : (factor >>> 1) ^ polynomial;
  }
  return product >>> 0;
}

/** x to the power of 8·bytes: what appending that many bytes does to a CRC before its own bytes are added. */
function shiftBy(bytes: number): number {
  let power = 0x00800000; // x^8
  let result = 0x80000000; // x^0
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(power, result);
    power = multiply(power, power);
  }
  return result;
}

/**
 * CRC-32 of bytes that lie one after another, from the CRC-32s of the pieces (8 hex digits each) and their sizes in bytes.
 * No bytes at all: `00000000`. The method is that of zlib's crc32_combine.
 */
export function combineCrc32(pieces: Iterable<{ readonly crc32: string; readonly size: number }>): string {
  let whole = 0;
  for (const { crc32, size } of pieces) whole = (multiply(shiftBy(size), whole) ^ parseCrc32(crc32)) >>> 0;
  return formatCrc32(whole);
}

/** As 8 lower-case hex digits. */
export function formatCrc32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** From 8 hex digits. */
export function parseCrc32(hex: string): number {
  if (!/^[0-9a-f]{8}$/i.test(hex)) throw new RangeError(`"${hex}" is not a CRC-32 of 8 hex digits`);
  return Number.parseInt(hex, 16);
}
