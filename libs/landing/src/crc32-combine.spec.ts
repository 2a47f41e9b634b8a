import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc32, formatCrc32, parseCrc32 } from './crc32-combine.ts';

const piece = (bytes: Uint8Array) => ({ crc32: formatCrc32(crc32(bytes)), size: bytes.byteLength });

describe('combineCrc32', () => {
  it('gives the CRC-32 of the whole, however it was cut', () => {
    const whole = randomBytes(1_000_003);
    for (const cuts of [[], [0], [1], [500_000], [7, 8, 8, 65_536, 1_000_003]]) {
      const edges = [0, ...cuts, whole.byteLength];
      const pieces = edges.slice(1).map((end, index) => piece(whole.subarray(edges[index], end)));
      expect(combineCrc32(pieces)).toBe(formatCrc32(crc32(whole)));
    }
  });

  it('tells pieces in another order apart', () => {
    const [a, b] = [piece(randomBytes(1000)), piece(randomBytes(2000))];
    expect(combineCrc32([a, b])).not.toBe(combineCrc32([b, a]));
  });

  it('holds for pieces beyond 4 GiB', () => {
    // A CRC's zero bytes can be appended piecewise: one piece of 6 GiB of zeros equals three of 2 GiB.
    const zeros = (size: number, of: { crc32: string; size: number }[]) => ({
      crc32: combineCrc32(of),
      size,
    });
    const mebi = piece(Buffer.alloc(1024 ** 2));
    const gibi2 = zeros(2 * 1024 ** 3, Array<typeof mebi>(2048).fill(mebi));
    const gibi6 = zeros(6 * 1024 ** 3, [gibi2, gibi2, gibi2]);
    const tail = piece(Buffer.from('tail'));
    expect(combineCrc32([gibi6, tail])).toBe(combineCrc32([gibi2, gibi2, gibi2, tail]));
  });

  it('of nothing is that of no bytes', () => {
    expect(combineCrc32([])).toBe(formatCrc32(crc32(Buffer.alloc(0))));
  });

  it('refuses what is no CRC-32', () => {
    expect(() => parseCrc32('xyz')).toThrow('not a CRC-32');
  });
});
