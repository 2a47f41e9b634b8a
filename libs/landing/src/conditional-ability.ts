/**
 * Whether a store keeps `If-None-Match: *` on PUT. Only a 412 that was seen proves it: some stores answer 501, and some
 * ignore the header and overwrite.
 */
export class ConditionalAbility {
  #state: 'unknown' | 'kept' | 'not-kept' = 'unknown';
  #trying = false;

  /** The store may keep it: the header does no harm. */
  get worthTrying(): boolean {
    return this.#state !== 'not-kept';
  }

  /** The header alone protects what stands there; otherwise look first. */
  get proven(): boolean {
    return this.#state === 'kept';
  }

  learn(state: 'kept' | 'not-kept'): void {
    this.#state = state;
  }

  /**
   * Runs `trial` once while nothing is known, one at a time. It resolves with what it saw, undefined when that said nothing.
   */
  async tryOnce(trial: () => Promise<'kept' | 'not-kept' | undefined>): Promise<void> {
    if (this.#state !== 'unknown' || this.#trying) return;
    this.#trying = true;
    try {
      const seen = await trial();
      if (seen !== undefined) this.learn(seen);
    } finally {
      this.#trying = false;
    }
  }
}
