/** One sleeper that can be woken early. A ring while nobody sleeps is kept for the next sleep, so none is lost. */
export class Alarm {
  private rung = false;
  private wakeSleeper: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wakeSleeper?.();
  }

  /** Resolves at the next ring, or after `ms` milliseconds where given; at once when a ring is kept. */
  async sleep(ms: number | undefined): Promise<void> {
    if (!this.rung) await this.ringOr(ms);
    this.rung = false;
  }

  private async ringOr(ms: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>(resolve => {
      this.wakeSleeper = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, Math.max(1, Math.ceil(ms)));
    });
    this.wakeSleeper = undefined;
    clearTimeout(timer);
  }
}
