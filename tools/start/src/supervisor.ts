import { KeptProcess, type KeptProcessPlan } from './kept-process.ts';
import { StartError } from './start-error.ts';

/** Keeps processes in the order of their start, and stops them in reverse: a group at a time. */
export class Supervisor {
  readonly #groups: KeptProcess[][] = [];
  #stopped: Promise<void> | undefined;

  /** Starts these at once, after those before. Resolves when all are ready; rejects with the first that can't be. */
  async keep(plans: readonly KeptProcessPlan[]): Promise<void> {
    if (this.#stopped !== undefined) throw new StartError('Waybill is stopping.');
    const group = plans.map(plan => new KeptProcess(plan));
    this.#groups.push(group);
    await Promise.all(group.map(kept => kept.keep()));
  }

  /** Stops all, the last started group first. Safe to call twice; resolves when nothing runs. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    for (const group of [...this.#groups].reverse()) {
      await Promise.all(group.map(kept => kept.stop()));
    }
  }
}
