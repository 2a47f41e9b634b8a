/** S3 keys end at 1,024 bytes; 14 of them are kept for `.metadata.json` (design 5). */
export const maxKeyBytes = 1_010;

const metadataSuffix = '.metadata.json';
const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/** The last segment of a key. */
export function filenameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** `take.1.mov` → `take.1` and `.mov`. A leading dot starts no extension: `.profile` is all stem. */
export function splitFilename(filename: string): { readonly stem: string; readonly ext: string } {
  const dot = filename.lastIndexOf('.');
  return dot <= 0 ? { stem: filename, ext: '' } : { stem: filename.slice(0, dot), ext: filename.slice(dot) };
}

/** Where the metadata of an object lies. */
export function metadataKey(key: string): string {
  return key + metadataSuffix;
}

/**
 * The n-th name for a taken key: `a/b.csv`, 2 → `a/b~2.csv`; 1 is the key itself. Where the suffix would pass the byte
 * limit the stem is cut, never inside a character.
 */
export function suffixKey(key: string, n: number): string {
  if (n <= 1) return key;
  const filename = filenameOf(key);
  const folder = key.slice(0, key.length - filename.length);
  const { stem, ext } = splitFilename(filename);
  const characters = Array.from(stem);
  for (;;) {
    const suffixed = `${folder}${characters.join('')}~${n.toString()}${ext}`;
    if (bytesOf(suffixed) <= maxKeyBytes || characters.length === 0) return suffixed;
    characters.pop();
  }
}

/** Why a key can't be used, as the end of a sentence; undefined when it can. */
export function refusedKey(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (/\p{Cs}/u.test(key)) return 'it holds half a character (a lone surrogate)';
  if (/\p{Cc}/u.test(key)) return 'it holds a control character';
  const segments = key.split('/');
  if (segments.includes('')) return 'it has an empty folder name (a "/" too many)';
  if (segments.some(segment => segment === '..' || segment === '.'))
    return 'it has a folder named "." or ".."';
  const bytes = bytesOf(key);
  return bytes > maxKeyBytes
    ? `it has ${bytes.toString()} bytes, and ${maxKeyBytes.toString()} is the most`
    : undefined;
}

/**
 * Where a file goes below a destination's root: `{directory}/{filename}`. Slashes around the directory do not matter; a
 * directory that would lead out is refused with the end of a sentence.
 */
export function deliveryPath(
  directory: string | undefined,
  filename: string,
): { readonly key: string } | { readonly refused: string } {
  const folder = (directory ?? '').replace(/^\/+|\/+$/g, '');
  const key = folder === '' ? filename : `${folder}/${filename}`;
  const reason = refusedKey(key);
  return reason === undefined ? { key } : { refused: reason };
}
