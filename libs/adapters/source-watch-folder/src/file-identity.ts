import type { BigIntStats } from 'node:fs';

/**
 * Which recording a file is (design 2.2): device, inode and birth time, because an inode number is given away again as soon
 * as its file is gone. Where the file system keeps no birth time, the key takes its place, and a rename is then a new file.
 */
export function identityOf(stats: BigIntStats, key: string): string {
  const inode = `${stats.dev.toString()}:${stats.ino.toString()}`;
  return stats.birthtimeNs === 0n ? `${inode}:@${key}` : `${inode}:${stats.birthtimeNs.toString()}`;
}

/** Moves whenever bytes do, as far as a file system tells. */
export function revisionOf(stats: BigIntStats): string {
  return `${stats.size.toString()}:${stats.mtimeNs.toString()}`;
}

/** True when the open file is the one that the item was listed from. */
export function isSameFile(
  stats: BigIntStats,
  item: { readonly identity: string; readonly key: string },
): boolean {
  const plain = identityOf(stats, item.key);
  return item.identity === plain || item.identity === linkIdentity(plain, item.key);
}

/** The identity of a further name of a file that is already listed under another one. */
export function linkIdentity(plain: string, key: string): string {
  return `${plain}#${key}`;
}
