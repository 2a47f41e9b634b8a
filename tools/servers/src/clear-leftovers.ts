import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, serversIn } from './process-table.ts';

export interface Leftovers {
  /** The data folder, as a real path. */
  readonly folder: string;
  readonly programs: readonly string[];
  /** Signals to try in turn, each with the milliseconds to wait for its effect. */
  readonly signals: readonly (readonly [signal: NodeJS.Signals, milliseconds: number])[];
  /** Which of them takes the signals: the first process of a cluster stops its own children. */
  readonly leader?: number | undefined;
}

/**
 * Stops the servers of a data folder that an earlier run left behind (its parent died by kill -9) and waits until the
 * last of their processes is gone. Only processes that really are such a server of that folder are touched.
 */
export async function clearLeftovers(leftovers: Leftovers): Promise<void> {
  const find = () => serversIn(leftovers.folder, leftovers.programs);
  for (const [signal, milliseconds] of leftovers.signals) {
    const pids = await find();
    if (pids.length === 0) return;
    const leads = leftovers.leader !== undefined && pids.includes(leftovers.leader);
    const targets = leads && signal !== 'SIGKILL' ? [leftovers.leader] : pids;
    for (const pid of targets) if (pid !== undefined && isAlive(pid)) process.kill(pid, signal);
    const deadline = Date.now() + milliseconds;
    while (Date.now() < deadline && (await find()).length > 0) await sleep(50);
  }
  const left = await find();
  if (left.length > 0) {
    throw new Error(
      `A server of an earlier run still uses ${leftovers.folder} (process ${left.join(', ')}) and cannot be stopped; end it and start again.`,
    );
  }
}
