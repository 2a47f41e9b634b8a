import { EarlierParts } from './earlier-parts.ts';

const part = { number: 1, offset: 0, size: 10 };
const digests = { xxh128: 'x'.repeat(32), crc32: 'c0c0c0c0', md5: 'd'.repeat(32) };
const row = { ...part, etag: digests.md5, xxh128: digests.xxh128, crc32: digests.crc32 };
const listed = { number: 1, size: 10, etag: digests.md5 };

describe('a part of an earlier attempt', () => {
  it.each([
    ['row and listing agree', [row], [listed], { row, written: true }],
    ['an ETag that is no MD5, in both', [{ ...row, etag: 'kms' }], [{ ...listed, etag: 'kms' }], true],
    ['no row, the listed MD5 is that of the bytes', [], [listed], { row, written: false }],
    [
      'no row, the listed CRC-32 is that of the bytes',
      [],
      [{ ...listed, etag: 'kms', crc32: 'c0c0c0c0' }],
      true,
    ],
  ])('counts: %s', (_name, rows, listing, expected) => {
    const found = new EarlierParts(rows, listing).confirmed(part, digests);
    if (expected === true) expect(found).toBeDefined();
    else expect(found).toEqual(expected);
  });

  it.each([
    ['not listed', [row], []],
    ['listed with another size', [row], [{ ...listed, size: 9 }]],
    ['its bytes changed', [{ ...row, xxh128: 'y'.repeat(32) }], [listed]],
    ['it lay elsewhere in an older plan', [{ ...row, offset: 5 }], [{ ...listed, etag: 'e'.repeat(32) }]],
    ['no row, another MD5', [], [{ ...listed, etag: 'e'.repeat(32) }]],
    ['no row, another CRC-32, whatever the ETag', [], [{ ...listed, crc32: '00000000' }]],
    ['another ETag than its row, and not that of the bytes', [row], [{ ...listed, etag: 'e'.repeat(32) }]],
  ])('is sent again: %s', (_name, rows, listing) => {
    expect(new EarlierParts(rows, listing).confirmed(part, digests)).toBeUndefined();
  });

  it('asks for an MD5 only where nothing cheaper can tell', () => {
    expect(new EarlierParts([row], [listed]).needsMd5(1)).toBe(false);
    expect(new EarlierParts([], [listed]).needsMd5(1)).toBe(true);
    expect(new EarlierParts([], [{ ...listed, crc32: '00000000' }]).needsMd5(1)).toBe(false);
    expect(new EarlierParts([], []).needsMd5(1)).toBe(false);
  });
});
