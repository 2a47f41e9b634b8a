import type { FileHandle } from 'node:fs/promises';

/** What must not move while a file is read. */
export interface Stillness {
  readonly size: number;
  readonly mtimeNs: bigint;
}

export async function stillnessOf(handle: FileHandle): Promise<Stillness> {
  const { size, mtimeNs } = await handle.stat({ bigint: true });
  return { size: Number(size), mtimeNs };
}

export function isStill(before: Stillness, after: Stillness): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs;
}
