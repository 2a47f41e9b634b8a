import { createXXHash128, type IHasher } from 'hash-wasm';

const shelf: IHasher[] = [];
/** Each holds a WebAssembly memory; more than are ever used at once need not stay. */
const kept = 64;

/** An XXH128 hasher (seed 0, as MHL wants it), at its start; instances are used again, making one costs more than a small file. */
export async function takeHasher(): Promise<IHasher> {
  return (shelf.pop() ?? (await createXXHash128())).init();
}

export function returnHasher(hasher: IHasher): void {
  if (shelf.length < kept) shelf.push(hasher);
}
