import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the child and all that it started in its process group. */
  readonly signal: AbortSignal;
}

const graceMilliseconds = 25_000;

/**
 * Runs a Node script with its output on the terminal and gives its exit code, or null when a signal ended it. It leads
 * a process group of its own: on abort the whole group gets SIGTERM and, 25 s later, SIGKILL.
 */
export async function runNode(
  args: readonly string[],
  { env, signal }: ChildOptions,
): Promise<number | null> {
  if (signal.aborted) return null;
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...env },
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const onAbort = (): void => {
    kill('SIGTERM');
    void Promise.race([closed, sleep(graceMilliseconds, undefined, { ref: false })]).then(() =>
      kill('SIGKILL'),
    );
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const [code] = await closed;
    return code;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
