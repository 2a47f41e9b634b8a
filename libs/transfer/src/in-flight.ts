/**
 * Tasks of one file that run side by side, a bounded number at once. The first failure stops the others; nothing is
 * left running after `finish` or `cancel`.
 */
export class InFlight {
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  readonly #onOuterAbort = () => this.#controller.abort(this.outer.reason);

  constructor(
    private readonly limit: number,
    private readonly outer: AbortSignal,
  ) {
    if (outer.aborted) this.#onOuterAbort();
    else outer.addEventListener('abort', this.#onOuterAbort, { once: true });
  }

  /** Aborts with the outer signal, with the first failure, and with `cancel`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves when another task may start; rejects with the first failure. */
  async room(): Promise<void> {
    while (this.#running.size >= this.limit && this.#failure === undefined) await Promise.race(this.#running);
    this.#throwFailure();
    this.signal.throwIfAborted();
  }

  start(task: (signal: AbortSignal) => Promise<void>): void {
    const running: Promise<void> = task(this.signal)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when every task is done; rejects with the first failure, after all have settled. */
  async finish(): Promise<void> {
    await this.#settle();
    this.#throwFailure();
  }

  /** Stops what runs and resolves when it has settled, with the error that came first. */
  async cancel(error: unknown): Promise<unknown> {
    this.#fail(error);
    await this.#settle();
    return this.#failure?.error;
  }

  async #settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
    this.outer.removeEventListener('abort', this.#onOuterAbort);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#controller.abort(error);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
