import { treeMemory } from './process-tree.ts';

const everyMs = 100;

/**
 * Looks at the memory of some process trees until it is stopped. The peak is the largest sum that was seen at one moment,
 * or the largest peak that the kernel remembers of one process, whichever is more. Pages that processes share count in
 * each of them.
 */
export class PeakMemory {
  private readonly timer: NodeJS.Timeout;
  private peak = 0;

  constructor(private readonly pids: readonly number[]) {
    this.look();
    this.timer = setInterval(() => this.look(), everyMs);
  }

  /** Bytes. */
  stop(): number {
    clearInterval(this.timer);
    this.look();
    return this.peak;
  }

  private look(): void {
    const processes = treeMemory(this.pids);
    const together = processes.reduce((sum, { now }) => sum + now, 0);
    this.peak = Math.max(this.peak, together, ...processes.map(one => one.peak));
  }
}
