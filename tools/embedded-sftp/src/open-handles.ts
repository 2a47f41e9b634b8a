import { OpenDirectory } from './open-directory.ts';
import { OpenFile } from './open-file.ts';
import { SftpError, sftpStatus } from './sftp-status.ts';

/** How many files and directories one session may hold open. */
const mostHandles = 1000;

/** The files and directories that one session holds open, by the handles that its client names them with. */
export class OpenHandles {
  readonly #open = new Map<number, OpenFile | OpenDirectory>();
  #last = 0;
  #shut = false;

  /** Runs `opening` and gives what it opened a handle. */
  async add(opening: () => Promise<OpenFile | OpenDirectory>): Promise<Buffer> {
    if (this.#open.size >= mostHandles) throw new SftpError(sftpStatus.failure, 'too many open files');
    const opened = await opening();
    if (this.#shut) {
      await opened.close();
      throw new SftpError(sftpStatus.failure, 'the session has ended');
    }
    this.#last = (this.#last + 1) >>> 0;
    this.#open.set(this.#last, opened);
    const handle = Buffer.allocUnsafe(4);
    handle.writeUInt32BE(this.#last);
    return handle;
  }

  file(handle: Buffer): OpenFile {
    const opened = this.#find(handle);
    if (!(opened instanceof OpenFile)) throw new SftpError(sftpStatus.failure, 'not a file handle');
    return opened;
  }

  directory(handle: Buffer): OpenDirectory {
    const opened = this.#find(handle);
    if (!(opened instanceof OpenDirectory)) {
      throw new SftpError(sftpStatus.failure, 'not a directory handle');
    }
    return opened;
  }

  async close(handle: Buffer): Promise<void> {
    const opened = this.#find(handle);
    this.#open.delete(handle.readUInt32BE());
    await opened.close();
  }

  /** The session is over: closes all. What was still being written is written. */
  async closeAll(): Promise<void> {
    this.#shut = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(all.map(opened => opened.close()));
  }

  #find(handle: Buffer): OpenFile | OpenDirectory {
    const opened = handle.length === 4 ? this.#open.get(handle.readUInt32BE()) : undefined;
    if (opened === undefined) throw new SftpError(sftpStatus.failure, 'no such handle');
    return opened;
  }
}
