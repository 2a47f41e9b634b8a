import type { Stats } from 'node:fs';
import { chmod, chown, truncate, utimes, type FileHandle } from 'node:fs/promises';
import type { Attributes } from 'ssh2';

/** What a client sends to set attributes: only those that it names are present. */
export type WantedAttributes = Partial<Attributes>;

const permissionBits = 0o7777;

export function attributesOf(stats: Stats): Attributes {
  const { mode, uid, gid, size } = stats;
  return { mode, uid, gid, size, atime: seconds(stats.atimeMs), mtime: seconds(stats.mtimeMs) };
}

/** Times in SFTP version 3 are whole seconds in 32 bits. */
const seconds = (milliseconds: number): number =>
  Math.min(Math.max(Math.floor(milliseconds / 1000), 0), 0xffffffff);

/** A line as `ls -l` prints it; clients show it as it is. */
export function longName(name: string, stats: Stats): string {
  const kind = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : '-';
  const letters = [...'rwxrwxrwx']
    .map((letter, at) => ((stats.mode >> (8 - at)) & 1 ? letter : '-'))
    .join('');
  const time = stats.mtime.toISOString().slice(0, 16).replace('T', ' ');
  return `${kind}${letters} ${stats.nlink} ${stats.uid} ${stats.gid} ${stats.size} ${time} ${name}`;
}

/** The permission bits asked for, for a new file or directory; the process's umask applies. */
export const modeOf = ({ mode }: WantedAttributes, fallback: number): number =>
  mode === undefined ? fallback : mode & permissionBits;

/** Applies what is named to an open file. */
export async function setOnHandle(file: FileHandle, wanted: WantedAttributes): Promise<void> {
  if (wanted.size !== undefined) await file.truncate(wanted.size);
  if (wanted.uid !== undefined && wanted.gid !== undefined) await file.chown(wanted.uid, wanted.gid);
  if (wanted.mode !== undefined) await file.chmod(wanted.mode & permissionBits);
  if (wanted.atime !== undefined && wanted.mtime !== undefined) {
    await file.utimes(wanted.atime, wanted.mtime);
  }
}

/** Applies what is named to a path that holds no symbolic link. */
export async function setOnPath(target: string, wanted: WantedAttributes): Promise<void> {
  if (wanted.size !== undefined) await truncate(target, wanted.size);
  if (wanted.uid !== undefined && wanted.gid !== undefined) await chown(target, wanted.uid, wanted.gid);
  if (wanted.mode !== undefined) await chmod(target, wanted.mode & permissionBits);
  if (wanted.atime !== undefined && wanted.mtime !== undefined) {
    await utimes(target, wanted.atime, wanted.mtime);
  }
}
