import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log is moved to `<name>.log.1` when it reaches this size, in bytes; the one before is dropped. */
const fullSize = 10 * 1024 * 1024;

/** The file that a child's output goes to. */
export class ChildLog {
  #fd: number;
  #size: number;

  constructor(
    readonly file: string,
    private readonly limit = fullSize,
  ) {
    this.#fd = openSync(file, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
  }

  write(bytes: Uint8Array): void {
    if (this.#size > 0 && this.#size + bytes.length > this.limit) this.#rotate();
    writeSync(this.#fd, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    closeSync(this.#fd);
    renameSync(this.file, `${this.file}.1`);
    this.#fd = openSync(this.file, 'a', 0o600);
    this.#size = 0;
  }
}
