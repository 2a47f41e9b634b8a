import { readdirSync, readFileSync } from 'node:fs';
import { childIds, memoryUse, processorTimes, type MemoryUse } from './proc-text.ts';

/** A file of /proc; undefined where the process is gone, which may happen at any moment. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function threads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A process and everything below it that still runs. */
export function processTree(pid: number): readonly number[] {
  const children = threads(pid).flatMap(thread => childIds(readProc(`${pid}/task/${thread}/children`) ?? ''));
  return [pid, ...children.flatMap(processTree)];
}

/** Processor seconds that these trees have used so far, ended children included where their parent waited for them. */
export function treeSeconds(pids: readonly number[]): number {
  const stats = pids.flatMap(processTree).map(pid => readProc(`${pid}/stat`));
  return stats
    .filter(stat => stat !== undefined)
    .map(processorTimes)
    .reduce((sum, times) => sum + times.own + times.children, 0);
}

/** Processor seconds of the children that this process started and that have ended. */
export const endedChildrenSeconds = (): number =>
  processorTimes(readFileSync('/proc/self/stat', 'latin1')).children;

/** What each process of these trees holds in memory. */
export const treeMemory = (pids: readonly number[]): readonly MemoryUse[] =>
  pids
    .flatMap(processTree)
    .map(pid => readProc(`${pid}/status`))
    .filter(status => status !== undefined)
    .map(memoryUse);
