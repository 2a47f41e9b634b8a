import { constants } from 'node:fs';
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { Ask, SftpConnection } from './sftp-connection.ts';
import { status, statusOf } from './sftp-error.ts';

/** What ssh2 knows of the server and its types do not tell. */
interface Internals {
  readonly _extensions: Readonly<Record<string, string>>;
  readonly _maxWriteLen: number;
  readonly _maxReadLen: number;
}

/** Bytes that every SFTP server takes in one write: 34,000 for a packet, less what ssh2 sets aside for its head. */
const modestChunk = 31_952;
/** What OpenSSH offers; a longer one only makes replies rarer. */
const largestChunk = 261_120;

export const openFlags = {
  read: 0x01,
  /** WRITE | CREAT | EXCL: a file of our own, never one that stands there. */
  create: 0x02 | 0x08 | 0x20,
} as const;

export interface Space {
  readonly freeBytes: number;
  readonly freeFiles: number;
}

/** The requests of SFTP version 3 as promises, on one connection and under one signal. Errors: SftpConnection.request. */
export class SftpSession {
  constructor(
    readonly connection: SftpConnection,
    readonly signal: AbortSignal,
  ) {}

  /** Whether the server advertised an extension. ssh2 throws in the caller's face when asked for one that is not there. */
  offers(extension: string): boolean {
    return Object.hasOwn(this.internals._extensions, extension);
  }

  get writeChunk(): number {
    return this.chunk(this.internals._maxWriteLen);
  }

  get readChunk(): number {
    return this.chunk(this.internals._maxReadLen);
  }

  /** The file's attributes, links followed; undefined only when the server says that there is none. */
  async stat(path: string): Promise<Stats | undefined> {
    try {
      return await this.ask<Stats>((sftp, done) => sftp.stat(path, done));
    } catch (error) {
      if (statusOf(error) === status.noSuchFile) return undefined;
      throw error;
    }
  }

  /** Removes a file; false when there was none. */
  async remove(path: string): Promise<boolean> {
    try {
      await this.ask<void>((sftp, done) => sftp.unlink(path, done));
      return true;
    } catch (error) {
      if (statusOf(error) === status.noSuchFile) return false;
      throw error;
    }
  }

  realpath(path: string): Promise<string> {
    return this.ask((sftp, done) => sftp.realpath(path, done));
  }

  readdir(path: string): Promise<FileEntryWithStats[]> {
    return this.ask((sftp, done) => sftp.readdir(path, done));
  }

  open(path: string, flags: number): Promise<Buffer> {
    return this.ask((sftp, done) => sftp.open(path, flags, done));
  }

  close(handle: Buffer): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.close(handle, done));
  }

  fstat(handle: Buffer): Promise<Stats> {
    return this.ask((sftp, done) => sftp.fstat(handle, done));
  }

  /** Writes `bytes` at `position`. They are copied before this returns, so the caller may reuse the buffer. */
  write(handle: Buffer, bytes: Buffer, position: number): Promise<void> {
    return this.ask<void>((sftp, done) =>
      sftp.write(handle, bytes, 0, bytes.length, position, error => done(error)),
    );
  }

  /** At most `length` bytes from `position`; fewer or none at the end of the file. */
  read(handle: Buffer, position: number, length: number): Promise<Buffer> {
    return this.ask((sftp, done) => {
      const into = Buffer.allocUnsafe(length);
      sftp.read(handle, into, 0, length, position, (error, count) => done(error, into.subarray(0, count)));
    });
  }

  /** Makes the bytes durable; only where the server offers fsync@openssh.com. */
  fsync(handle: Buffer): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.ext_openssh_fsync(handle, error => done(error)));
  }

  /** Plain rename: most servers refuse to replace a file by it, some do replace. */
  rename(from: string, to: string): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.rename(from, to, done));
  }

  /** Atomic, replaces; only where the server offers posix-rename@openssh.com. */
  posixRename(from: string, to: string): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.ext_openssh_rename(from, to, done));
  }

  mkdir(path: string): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.mkdir(path, done));
  }

  rmdir(path: string): Promise<void> {
    return this.ask<void>((sftp, done) => sftp.rmdir(path, done));
  }

  /** Free space for this user where the path lies; undefined when the server cannot tell. */
  async space(path: string): Promise<Space | undefined> {
    if (!this.offers('statvfs@openssh.com')) return undefined;
    const answer = await this.ask<Record<string, unknown>>((sftp, done) =>
      sftp.ext_openssh_statvfs(path, (error, info: Record<string, unknown>) => done(error, info)),
    );
    const { f_bavail: blocks, f_frsize: size, f_favail: files } = answer;
    return {
      freeBytes: Number(blocks) * Number(size),
      freeFiles: Number(files),
    };
  }

  private chunk(limit: number): number {
    return this.offers('limits@openssh.com') ? Math.min(limit, largestChunk) : modestChunk;
  }

  private ask<T>(ask: Ask<T>): Promise<T> {
    return this.connection.request(ask, this.signal);
  }

  private get internals(): Internals {
    return this.connection.sftp as SFTPWrapper & Internals;
  }
}

export function isFolder(found: Stats): boolean {
  return (found.mode & constants.S_IFMT) === constants.S_IFDIR;
}
