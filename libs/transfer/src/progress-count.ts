import type { TransferProgress } from './send-file-input.ts';

/** Adds up what a transfer did and tells it on. */
export class ProgressCount {
  #bytesRead = 0;
  #bytesSent = 0;
  #partsSent = 0;
  #bytesUploaded = 0;

  constructor(private readonly tell: ((progress: TransferProgress) => void) | undefined) {}

  get bytesUploaded(): number {
    return this.#bytesUploaded;
  }

  /** A new pass from the first byte. */
  restart(): void {
    [this.#bytesRead, this.#bytesSent, this.#partsSent] = [0, 0, 0];
  }

  read(bytes: number): void {
    this.#bytesRead += bytes;
    this.#tell();
  }

  /** @param uploaded false for a part that an earlier attempt had sent */
  sent(bytes: number, uploaded: boolean): void {
    this.#bytesSent += bytes;
    this.#partsSent += 1;
    if (uploaded) this.#bytesUploaded += bytes;
    this.#tell();
  }

  #tell(): void {
    this.tell?.({
      bytesRead: this.#bytesRead,
      bytesSent: this.#bytesSent,
      partsSent: this.#partsSent,
    });
  }
}
