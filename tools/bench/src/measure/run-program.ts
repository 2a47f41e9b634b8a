import { spawn } from 'node:child_process';
import type { Figures } from './figures.ts';
import { PeakMemory } from './peak-memory.ts';
import { endedChildrenSeconds } from './process-tree.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end and measures it, from before its start to its end. Nothing else that this process started may
 * end meanwhile: the processor time is what the kernel counts of our ended children. Rejects with the end of what the
 * program wrote when it fails; on abort its whole process group is killed.
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Figures> {
  signal.throwIfAborted();
  const cpuBefore = endedChildrenSeconds();
  const began = performance.now();
  const child = spawn(program.command, program.args, {
    cwd: '/',
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
  const memory = new PeakMemory(child.pid === undefined ? [] : [child.pid]);
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  let ended = 0;
  child.once('exit', () => (ended = performance.now()));
  try {
    const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...outcome) => resolve(outcome));
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new Error(`${program.command} ended with ${by ?? `exit code ${String(code)}`}: ${words.trim()}`);
  } finally {
    memory.stop();
    signal.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
  return {
    wall: (ended - began) / 1_000,
    cpu: endedChildrenSeconds() - cpuBefore,
    peak: memory.stop(),
    more: {},
  };
}
