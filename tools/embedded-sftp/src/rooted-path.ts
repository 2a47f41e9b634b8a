import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { SftpError, sftpStatus } from './sftp-status.ts';

/**
 * Maps a client's paths to paths below one folder of this disk. `/` is the folder; `..` stops at it; a symbolic link that
 * leads out of it is refused.
 */
export class RootedPath {
  readonly #root: string;

  /** `root` must be a real path: without symbolic links in it. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The path as the client sees it: absolute, '/'-separated, without `.` and `..`. */
  canonical(remote: string): string {
    if (remote.includes('\0')) throw new SftpError(sftpStatus.failure, 'a name may not hold a zero byte');
    const normal = path.posix.normalize(`/${remote}`);
    return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  }

  /** The directory entry itself: a symbolic link in its last place is not followed. */
  async entry(remote: string): Promise<string> {
    const canonical = this.canonical(remote);
    if (canonical === '/') return this.#root;
    const parent = await this.#real(path.posix.dirname(canonical));
    return path.join(parent, path.posix.basename(canonical));
  }

  /**
   * What the path leads to, symbolic links followed. What does not exist yet gets the path of its directory entry: open
   * that with O_NOFOLLOW, for it may be a link to nowhere.
   */
  async target(remote: string): Promise<string> {
    const canonical = this.canonical(remote);
    try {
      return await this.#real(canonical);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return this.entry(remote);
    }
  }

  async #real(canonical: string): Promise<string> {
    const real = await realpath(path.join(this.#root, canonical));
    const inside = path.relative(this.#root, real);
    if (inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
      throw new SftpError(sftpStatus.permissionDenied, 'the path leads out of the served folder');
    }
    return real;
  }
}
