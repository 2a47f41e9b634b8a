import { ChecksumAbility, crc32Hex, hexToBase64 } from './checksum-ability.ts';

const sent = { crc32: '0a0b0c0d', md5: 'd'.repeat(32) };
const aws = { etag: 'made-by-kms', crc32: '0a0b0c0d' };
const swift = { etag: sent.md5, crc32: undefined };

describe('what a store confirms of a body', () => {
  it('is learnt from its first answer, and remembered', () => {
    const ability = new ChecksumAbility('auto');
    expect([ability.sendsCrc32, ability.wantsMd5]).toEqual([true, true]);
    expect(ability.prove('a', aws, sent)).toEqual({
      proofLevel: 'in_flight',
      checksum: { algorithm: 'crc32', value: '0a0b0c0d' },
    });
    expect([ability.sendsCrc32, ability.wantsMd5]).toEqual([true, false]);

    const other = new ChecksumAbility('auto');
    expect(other.prove('a', swift, sent).checksum).toEqual({ algorithm: 'md5-etag', value: sent.md5 });
    expect([other.sendsCrc32, other.wantsMd5]).toEqual([false, true]);
  });

  it('is compared, never taken for granted', () => {
    const code = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'passed';
    };
    const auto = () => new ChecksumAbility('auto');
    expect(code(() => auto().prove('a', { ...aws, crc32: 'ffffffff' }, sent))).toBe('content-mismatch');
    expect(code(() => auto().prove('a', { ...swift, etag: 'e'.repeat(32) }, sent))).toBe('content-mismatch');
    expect(code(() => auto().prove('a', { etag: 'made-by-kms', crc32: undefined }, sent))).toBe(
      'content-mismatch',
    );
    expect(code(() => new ChecksumAbility('crc32').prove('a', swift, sent))).toBe('rejected');
  });

  it('is its length alone where the setting says so, and the waybill says so', () => {
    const none = new ChecksumAbility('none');
    expect([none.sendsCrc32, none.wantsMd5]).toEqual([false, false]);
    expect(none.prove('a', { etag: 'x', crc32: undefined }, sent)).toEqual({ proofLevel: 'size' });
  });

  it('is not learnt over a setting that insists', () => {
    const crc32 = new ChecksumAbility('crc32');
    crc32.learn('md5');
    expect([crc32.sendsCrc32, crc32.wantsMd5]).toEqual([true, false]);
  });
});

describe('a CRC-32 header', () => {
  it('is base64 of four bytes', () => {
    expect(hexToBase64('0a0b0c0d')).toBe('CgsMDQ==');
    expect(crc32Hex('CgsMDQ==')).toBe('0a0b0c0d');
  });

  it('of parts says nothing of the whole', () => {
    expect(crc32Hex('CgsMDQ==-3')).toBeUndefined();
    expect(crc32Hex(undefined)).toBeUndefined();
  });
});
