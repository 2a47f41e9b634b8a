import { spawn } from 'node:child_process';
import { findOnPath } from '@waybill/servers';
import type { ChildLog } from './child-log.ts';
import type { ChildWords } from './child-words.ts';
import type { Exit, Launched } from './launched.ts';
import { signal } from './run-records.ts';

export interface ChildPlan {
  readonly name: string;
  /** What Node shall run, with its arguments. */
  readonly script: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly log: ChildLog;
  readonly words: ChildWords;
  /** How long it gets between SIGTERM and SIGKILL, in milliseconds. */
  readonly stopMs: number;
}

/** Children that would outlive us if we ended without stopping them, such as by an error that nobody caught. */
const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) signal(-pid, 'SIGKILL');
});

/**
 * Starts a Node process that leads a process group of its own: Ctrl-C reaches the supervisor alone, which stops the
 * children in order. On Linux the kernel ends it when the supervisor dies, even by kill -9.
 */
export async function launchChild(plan: ChildPlan): Promise<Launched> {
  const setpriv = process.platform === 'linux' ? await findOnPath(['setpriv']) : undefined;
  const leash = setpriv === undefined ? [] : [setpriv, '--pdeathsig=SIGTERM'];
  const [command = process.execPath, ...args] = [...leash, process.execPath, ...plan.script];
  const child = spawn(command, args, {
    cwd: plan.cwd,
    env: plan.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    const decoder = new TextDecoder();
    child[stream].on('data', (bytes: Buffer) => {
      plan.log.write(bytes);
      plan.words.hear(stream, decoder.decode(bytes, { stream: true }));
    });
  }
  // 'close', not 'exit': its last words have been read by then.
  const exited = new Promise<Exit>(resolve => {
    child.once('close', (code, signalName) => resolve({ code, signal: signalName }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  running.add(pid);
  void exited.then(() => running.delete(pid));
  child.once('exit', () => {
    // What it started holds its pipes open and would keep 'close' from coming.
    signal(-pid, 'SIGKILL');
  });
  return {
    pid,
    exited,
    lastWords: () => plan.words.last,
    async stop() {
      if (!running.has(pid)) return;
      signal(pid, 'SIGTERM');
      const late = setTimeout(() => signal(-pid, 'SIGKILL'), plan.stopMs);
      await exited;
      clearTimeout(late);
    },
  };
}
