import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

const mebibyte = 1024 ** 2;
/** The part size that a file of known size gets. */
export const partSize = 8 * mebibyte;

/** Writes random bytes as a person's copy would: under its name, growing. Answers the SHA-256. */
export async function dropFile(folder: string, key: string, size: number): Promise<string> {
  const target = path.join(folder, key);
  await mkdir(path.dirname(target), { recursive: true });
  const hash = createHash('sha256');
  const handle = await open(target, 'w');
  try {
    for (let left = size; left > 0; left -= mebibyte) {
      const chunk = randomBytes(Math.min(left, mebibyte));
      hash.update(chunk);
      await handle.write(chunk);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/** Writes all of them; answers SHA-256 by key. */
export async function dropFiles(
  folder: string,
  files: Readonly<Record<string, number>>,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const [key, size] of Object.entries(files)) digests.set(key, await dropFile(folder, key, size));
  return digests;
}

/** Sizes around every boundary there is. */
export const sizesAtBoundaries: Readonly<Record<string, number>> = {
  'empty.bin': 0,
  'one-byte.bin': 1,
  'part-minus-one.bin': partSize - 1,
  'part.bin': partSize,
  'part-plus-one.bin': partSize + 1,
};

/** Names that break shells, URLs, XML, and programs that split at spaces. */
export const hardNames: Readonly<Record<string, number>> = {
  'with spaces in it.txt': 100,
  'Käse, Grün & Öl ß.txt': 200,
  'reel 🎬🐟.mp4': 300,
  '.hidden': 50,
  [`${'n'.repeat(246)}.bin`]: 123,
  'quote\'"`$HOME;&<tag>.txt': 77,
  '100%25 + plus#hash?.txt': 66,
  'back\\slash.txt': 5,
  'nested/deeper/still deeper/table.csv': 1_000,
};

export function manySmall(count: number, folder = 'many'): Readonly<Record<string, number>> {
  const names = Array.from(
    { length: count },
    (_, index) => `${folder}/small-${String(index).padStart(4, '0')}.dat`,
  );
  return Object.fromEntries(names.map((name, index) => [name, (index * 7_919) % 65_536]));
}
