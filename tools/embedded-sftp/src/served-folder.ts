import { lstatSync, renameSync } from 'node:fs';
import { lstat, mkdir, rmdir, stat, unlink } from 'node:fs/promises';
import type { Attributes } from 'ssh2';
import { attributesOf, modeOf, setOnPath, type WantedAttributes } from './file-attributes.ts';
import { OpenDirectory } from './open-directory.ts';
import { OpenFile } from './open-file.ts';
import type { RootedPath } from './rooted-path.ts';
import { SftpError, sftpStatus } from './sftp-status.ts';

/** What a client may do with paths: SFTP version 3's own meanings, below one folder. */
export class ServedFolder {
  constructor(private readonly paths: RootedPath) {}

  canonical(remote: string): string {
    return this.paths.canonical(remote);
  }

  async openFile(remote: string, flags: number, wanted: WantedAttributes): Promise<OpenFile> {
    return OpenFile.open(await this.paths.target(remote), flags, modeOf(wanted, 0o666));
  }

  async openDirectory(remote: string): Promise<OpenDirectory> {
    return OpenDirectory.open(await this.paths.target(remote));
  }

  async attributes(remote: string): Promise<Attributes> {
    return attributesOf(await stat(await this.paths.target(remote)));
  }

  async linkAttributes(remote: string): Promise<Attributes> {
    return attributesOf(await lstat(await this.paths.entry(remote)));
  }

  async set(remote: string, wanted: WantedAttributes): Promise<void> {
    const target = await this.paths.target(remote);
    // A link to nowhere is its own target here; the calls that follow would follow it out of the folder.
    if ((await lstat(target)).isSymbolicLink())
      throw new SftpError(sftpStatus.noSuchFile, 'a link to nowhere');
    await setOnPath(target, wanted);
  }

  async makeDirectory(remote: string, wanted: WantedAttributes): Promise<void> {
    await mkdir(await this.paths.entry(remote), { mode: modeOf(wanted, 0o777) });
  }

  async removeDirectory(remote: string): Promise<void> {
    if (this.canonical(remote) === '/') {
      throw new SftpError(sftpStatus.permissionDenied, 'the served folder itself stays');
    }
    await rmdir(await this.paths.entry(remote));
  }

  async remove(remote: string): Promise<void> {
    await unlink(await this.paths.entry(remote));
  }

  /** Version 3: fails when the new name exists. */
  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [await this.paths.entry(from), await this.paths.entry(to)];
    // Looked at and renamed in one go of this process, so that no other session's request comes between.
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
      throw new SftpError(sftpStatus.failure, 'the new name exists');
    }
    renameSync(source, target);
  }
}
