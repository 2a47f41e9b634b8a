import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Attributes } from 'ssh2';
import { attributesOf, setOnHandle, type WantedAttributes } from './file-attributes.ts';
import { OperationOrder } from './operation-order.ts';
import { SftpError, sftpStatus } from './sftp-status.ts';

/** Flags of an OPEN request (draft-ietf-secsh-filexfer-02, section 6.3). */
const pflags = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 };

/** What one READ answers at most, in bytes: OpenSSH's own limit. */
const longestRead = 255 * 1024;

/** A file that a client holds open. Its operations may be asked for without waiting for each other. */
export class OpenFile {
  readonly #file: FileHandle;
  readonly #order = new OperationOrder();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens a regular file. `target` holds no symbolic link, and none is followed. */
  static async open(target: string, flags: number, mode: number): Promise<OpenFile> {
    const file = await open(target, openFlags(flags), mode);
    try {
      if (!(await file.stat()).isFile()) throw new SftpError(sftpStatus.failure, 'not a regular file');
      return new OpenFile(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The bytes at `offset`, fewer at the end of the file; none: 'end of file'. */
  read(offset: number, length: number): Promise<Buffer> {
    return this.#order.read(async () => {
      const bytes = Buffer.allocUnsafe(Math.min(length, longestRead));
      const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, offset);
      if (bytesRead === 0 && length > 0) throw new SftpError(sftpStatus.endOfFile, 'end of file');
      return bytes.subarray(0, bytesRead);
    });
  }

  /** Resolves when every byte is in the system's hands: it then outlives this process, though not a power cut. */
  write(offset: number, bytes: Buffer): Promise<void> {
    return this.#order.write({ start: offset, end: offset + bytes.length }, async () => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    });
  }

  attributes(): Promise<Attributes> {
    return this.#order.alone(async () => attributesOf(await this.#file.stat()));
  }

  set(wanted: WantedAttributes): Promise<void> {
    return this.#order.alone(() => setOnHandle(this.#file, wanted));
  }

  /** Closes after everything that was asked for before. */
  close(): Promise<void> {
    return this.#order.alone(() => this.#file.close());
  }
}

function openFlags(flags: number): number {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const access = has(pflags.write)
    ? has(pflags.read)
      ? constants.O_RDWR
      : constants.O_WRONLY
    : constants.O_RDONLY;
  return (
    access |
    (has(pflags.append) ? constants.O_APPEND : 0) |
    (has(pflags.create) ? constants.O_CREAT : 0) |
    (has(pflags.truncate) ? constants.O_TRUNC : 0) |
    (has(pflags.exclusive) ? constants.O_EXCL : 0) |
    constants.O_NOFOLLOW |
    // A named pipe must not hold a thread until someone opens its other end.
    constants.O_NONBLOCK
  );
}
