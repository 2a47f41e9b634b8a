import { AdapterError } from '@waybill/contract';

/** One file, whatever its names are. */
export interface MemoryFile {
  readonly id: number;
  bytes: Buffer;
  appends: number;
  overwrites: number;
}

/** A file system in memory: what the reference source lists. */
export class MemoryVolume {
  readonly files = new Map<string, MemoryFile>();
  /** Files whose names are not UTF-8, under an escaped form. */
  readonly unreadable = new Map<string, MemoryFile>();
  folderBroken = false;
  hidden = false;
  private made = 0;

  make(bytes: Buffer): MemoryFile {
    this.made += 1;
    return { id: this.made, bytes: Buffer.from(bytes), appends: 0, overwrites: 0 };
  }

  at(key: string): MemoryFile {
    const file = this.files.get(key);
    if (file === undefined) throw new Error(`the rule names ${key}, which is not there`);
    return file;
  }

  move(from: string, to: string): void {
    const file = this.at(from);
    this.files.delete(from);
    this.files.set(to, file);
  }

  /** Rejects as a listing does where the volume cannot be read as a whole. */
  checkRoot(): void {
    if (this.hidden) throw new AdapterError('unreachable', 'The volume is not there; put it back.');
  }
}
