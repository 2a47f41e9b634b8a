import {
  deliveryPath,
  maxKeyBytes,
  metadataKey,
  refusedKey,
  splitFilename,
  suffixKey,
} from './object-key.ts';

describe('keys', () => {
  it.each([
    ['a/b.csv', 2, 'a/b~2.csv'],
    ['a.b/c', 3, 'a.b/c~3'],
    ['.profile', 2, '.profile~2'],
    ['x.tar.gz', 12, 'x.tar~12.gz'],
    ['same', 1, 'same'],
  ])('a taken key %s gets name %i: %s', (key, n, expected) => {
    expect(suffixKey(key, n)).toBe(expected);
  });

  it('cut the stem, never a character, when the suffix would be too long', () => {
    const key = `${'🎬'.repeat(251)}.mov`;
    const suffixed = suffixKey(key, 2);
    expect(Buffer.byteLength(suffixed)).toBeLessThanOrEqual(maxKeyBytes);
    expect(suffixed).toMatch(/^(?:🎬)+~2\.mov$/u);
  });

  it('have their metadata beside them, within the limit of S3', () => {
    expect(metadataKey('a/b.csv')).toBe('a/b.csv.metadata.json');
    expect(Buffer.byteLength(metadataKey('x'.repeat(maxKeyBytes)))).toBe(1_024);
  });

  it.each([
    ['', 'empty'],
    ['a//b', 'empty folder name'],
    ['/a', 'empty folder name'],
    ['a/', 'empty folder name'],
    ['a/../b', '".."'],
    ['./a', '"."'],
    ['a\nb', 'control character'],
    ['a\u0085b', 'control character'],
    ['a\ud800', 'half a character'],
    ['ü'.repeat(506), '1012 bytes'],
  ])('%j is refused', (key, reason) => {
    expect(refusedKey(key)).toContain(reason);
  });

  it.each(['a', '.hidden', 'ü b/🎬 ~.mov', '...', 'x'.repeat(1010)])('%j is taken', key => {
    expect(refusedKey(key)).toBeUndefined();
  });

  it('split a filename at its last dot', () => {
    expect(splitFilename('take.1.mov')).toEqual({ stem: 'take.1', ext: '.mov' });
    expect(splitFilename('.profile')).toEqual({ stem: '.profile', ext: '' });
  });
});

describe('the path at a destination', () => {
  it.each([
    [undefined, 'f.csv', 'f.csv'],
    ['', 'f.csv', 'f.csv'],
    ['model', 'f.csv', 'model/f.csv'],
    ['/a/b/', 'f.csv', 'a/b/f.csv'],
  ])('%j and %s give %s', (directory, filename, key) => {
    expect(deliveryPath(directory, filename)).toEqual({ key });
  });

  it('never leads out of the destination', () => {
    expect(deliveryPath('a/../../b', 'f')).toEqual({ refused: expect.stringContaining('".."') as string });
  });
});
