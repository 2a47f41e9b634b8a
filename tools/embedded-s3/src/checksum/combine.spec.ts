import { createHash } from 'node:crypto';
import { checksumAlgorithms, createHasher, isCrc } from './algorithms.ts';
import { compositeChecksum, fullObjectCrc, multipartEtag } from './combine.ts';

const whole = Buffer.from(Array.from({ length: 100_003 }, (_, i) => (i * 31 + (i >> 7)) & 255));
const pieces = [
  whole.subarray(0, 1),
  whole.subarray(1, 65_536),
  whole.subarray(65_536, 65_536),
  whole.subarray(65_536),
];

async function checksum(algorithm: (typeof checksumAlgorithms)[number], bytes: Uint8Array): Promise<string> {
  const hasher = await createHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}

describe('checksums', () => {
  // Check values of the CRC catalogue for "123456789".
  it.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ] as const)('%s of "123456789" is %s', async (algorithm, hex) => {
    const value = await checksum(algorithm, Buffer.from('123456789'));
    expect(Buffer.from(value, 'base64').toString('hex')).toBe(hex);
  });

  it.each(checksumAlgorithms.filter(isCrc))('%s of parts combines to that of the whole', async algorithm => {
    const parts = await Promise.all(
      pieces.map(async piece => ({ size: piece.length, value: await checksum(algorithm, piece) })),
    );
    expect(fullObjectCrc(algorithm, parts)).toBe(await checksum(algorithm, whole));
    expect(fullObjectCrc(algorithm, parts.toReversed())).not.toBe(await checksum(algorithm, whole));
  });

  it('a composite checksum is that of the joined part checksums, with their number', async () => {
    const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');
    const joined = Buffer.concat(pieces.map(piece => createHash('sha256').update(piece).digest()));
    const parts = pieces.map(piece => ({ size: piece.length, value: sha(piece) }));
    expect(compositeChecksum(await createHasher('SHA256'), parts)).toBe(`${sha(joined)}-4`);
  });

  it('a multipart ETag is the MD5 of the part MD5s, with their number', () => {
    const md5s = ['d41d8cd98f00b204e9800998ecf8427e', '0cc175b9c0f1b6a831c399e269772661'];
    const joined = createHash('md5')
      .update(Buffer.from(md5s.join(''), 'hex'))
      .digest('hex');
    expect(multipartEtag(md5s)).toBe(`${joined}-2`);
  });
});
