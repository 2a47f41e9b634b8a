/** A buffer on loan. `release` gives it back; later calls do nothing. */
export interface LentBuffer {
  /** Exactly the size asked for; its content is whatever was there before. */
  readonly buffer: Buffer;
  readonly release: () => void;
}

interface Waiter {
  readonly size: number;
  readonly grant: (lent: LentBuffer) => void;
}

/**
 * Reused buffers within a budget of bytes that all files share. Requests are served in the order they came, so that a
 * file with large parts cannot starve and a file with small ones cannot flood. A request larger than the budget is
 * granted when nothing else is out: a budget set too small slows down, it does not stop.
 */
export class BufferPool {
  #lent = 0;
  #idle: Buffer[] = [];
  #idleBytes = 0;
  readonly #waiting: Waiter[] = [];

  /** @param budget bytes lent or kept for reuse at once */
  constructor(readonly budget: number) {
    if (!Number.isSafeInteger(budget) || budget < 1)
      throw new RangeError(`a memory budget of ${budget} bytes is no budget`);
  }

  /** Bytes on loan now. */
  get lent(): number {
    return this.#lent;
  }

  /** Resolves with a buffer when the budget allows; rejects with the signal's reason when that comes first. */
  async acquire(size: number, signal: AbortSignal): Promise<LentBuffer> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#fits(size)) return this.#lend(size);
    return new Promise<LentBuffer>((resolve, reject) => {
      const waiter: Waiter = {
        size,
        grant: lent => {
          signal.removeEventListener('abort', onAbort);
          resolve(lent);
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
        this.#serve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #fits(size: number): boolean {
    return this.#lent === 0 || this.#lent + size <= this.budget;
  }

  #lend(size: number): LentBuffer {
    const whole = this.#take(size);
    this.#lent += whole.byteLength;
    let out = true;
    return {
      buffer: whole.subarray(0, size),
      release: () => {
        if (!out) return;
        out = false;
        this.#lent -= whole.byteLength;
        this.#keep(whole);
        this.#serve();
      },
    };
  }

  /** The smallest idle buffer that is large enough without wasting half of itself, else a new one. */
  #take(size: number): Buffer {
    const largest = Math.max(size, Math.min(size * 2, this.budget - this.#lent));
    let best = -1;
    for (const [index, buffer] of this.#idle.entries()) {
      if (buffer.byteLength < size || buffer.byteLength > largest) continue;
      if (best === -1 || buffer.byteLength < (this.#idle[best]?.byteLength ?? Infinity)) best = index;
    }
    const found = best === -1 ? undefined : this.#idle.splice(best, 1)[0];
    if (found !== undefined) {
      this.#idleBytes -= found.byteLength;
      return found;
    }
    this.#shrinkIdle(this.budget - this.#lent - size);
    // Not from Node's shared slab, and not zeroed: every byte handed on was read into it first.
    return Buffer.allocUnsafeSlow(size);
  }

  #keep(buffer: Buffer): void {
    this.#idle.push(buffer);
    this.#idleBytes += buffer.byteLength;
    this.#shrinkIdle(this.budget - this.#lent);
  }

  #shrinkIdle(bytes: number): void {
    while (this.#idleBytes > Math.max(0, bytes)) {
      const oldest = this.#idle.shift();
      if (oldest === undefined) return;
      this.#idleBytes -= oldest.byteLength;
    }
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.grant(this.#lend(next.size));
    }
  }
}
