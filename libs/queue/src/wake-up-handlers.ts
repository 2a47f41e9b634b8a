import type { AssetHint, WakeUp, WakeUpName } from './wake-ups/wake-up.ts';

/** Wakes a claim loop and returns at once: no job spans any work. */
export type WakeUpHandler = (hint: AssetHint) => void;

/** Who is woken by what. An app registers here before it has started; QueueModule then checks that each has exactly one. */
export class WakeUpHandlers {
  private readonly handlers = new Map<WakeUpName, WakeUpHandler>();

  constructor(private readonly listens: readonly WakeUp[]) {}

  /** Throws when the app does not listen to this wake-up, or it has its handler already. */
  handle(name: WakeUpName, handler: WakeUpHandler): void {
    if (!this.listens.some(wakeUp => wakeUp.name === name)) {
      throw new Error(
        `This app does not listen to the wake-up ${name}; add it to the "listens" of its QueueModule.`,
      );
    }
    if (this.handlers.has(name)) {
      throw new Error(`The wake-up ${name} has two handlers in this app; keep one of them.`);
    }
    this.handlers.set(name, handler);
  }

  /** Throws when there is none. */
  of(name: WakeUpName): WakeUpHandler {
    const handler = this.handlers.get(name);
    if (handler === undefined) {
      throw new Error(
        `The wake-up ${name} has no handler in this app; register one with WakeUpHandlers.handle, or don't listen to it.`,
      );
    }
    return handler;
  }
}
