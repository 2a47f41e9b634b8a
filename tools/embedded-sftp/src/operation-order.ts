/** Bytes [start, end) of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Runs pipelined operations on one file so that the outcome is as if they ran one after another: writes to bytes apart
 * from each other run at once, reads run at once, everything else waits for all before it.
 */
export class OperationOrder {
  #kind: 'read' | 'write' | 'alone' = 'alone';
  #running = new Set<{ readonly range: ByteRange | undefined; readonly done: Promise<unknown> }>();
  #barrier: Promise<unknown> = Promise.resolve();

  read<T>(operation: () => Promise<T>): Promise<T> {
    return this.#enter('read', this.#kind === 'read', undefined, operation);
  }

  write<T>(range: ByteRange, operation: () => Promise<T>): Promise<T> {
    const apart = [...this.#running].every(
      ({ range: other }) => other === undefined || range.end <= other.start || other.end <= range.start,
    );
    return this.#enter('write', this.#kind === 'write' && apart, range, operation);
  }

  alone<T>(operation: () => Promise<T>): Promise<T> {
    return this.#enter('alone', false, undefined, operation);
  }

  /** Resolves when all that was asked for until now has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#barrier, ...[...this.#running].map(({ done }) => done)]);
  }

  #enter<T>(
    kind: 'read' | 'write' | 'alone',
    joins: boolean,
    range: ByteRange | undefined,
    operation: () => Promise<T>,
  ): Promise<T> {
    if (!joins) {
      this.#barrier = this.settled();
      this.#running = new Set();
      this.#kind = kind;
    }
    const members = this.#running;
    const done = this.#barrier.then(operation);
    const member = { range, done };
    members.add(member);
    const leave = (): void => void members.delete(member);
    done.then(leave, leave);
    return done;
  }
}
