import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from './find-on-path.ts';

export interface ServerCommand {
  /** How sentences call it: `Postgres`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** stdout and stderr are appended to this file, so they outlive us. */
  readonly logFile: string;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whom it runs as, where we are root and it must not be. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signal that ends it gracefully. */
  readonly stopSignal?: 'SIGINT' | 'SIGTERM';
  /** On Linux the kernel sends it the stop signal when we die, even by kill -9. For servers of tests. */
  readonly dieWithParent?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that runs in a process group of its own, so a Ctrl-C meant for us does not reach it. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  readonly ended: () => boolean;
  /** The last lines that it wrote: the reason why it didn't start. */
  readonly logTail: () => string;
  /** Ends it: the stop signal, 10 s, then SIGKILL to its whole group. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const gracefulMilliseconds = 10_000;
const running = new Map<number, NodeJS.Signals>();
let guarded = false;

/** When we end without having stopped them, every server still gets its stop signal. */
function guardExit(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', () => {
    for (const [pid, signal] of running) sendTo(pid, signal);
  });
}

/** Whether the signal found a process. */
function sendTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Starts a server; it is not ready yet. Rejects where the program can't be run at all. */
export async function spawnServer(server: ServerCommand): Promise<ServerProcess> {
  const stopSignal = server.stopSignal ?? 'SIGTERM';
  const setpriv = server.dieWithParent === true ? await findOnPath(['setpriv']) : undefined;
  const user = server.user;
  const leash =
    setpriv === undefined
      ? []
      : [
          setpriv,
          ...(user ? [`--reuid=${String(user.uid)}`, `--regid=${String(user.gid)}`, '--clear-groups'] : []),
          `--pdeathsig=${stopSignal}`,
        ];
  const [command = server.command, ...args] = [...leash, server.command, ...server.args];
  const log = openSync(server.logFile, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: server.cwd,
    env: server.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
    ...(user && setpriv === undefined ? { uid: user.uid, gid: user.gid } : {}),
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise<Exit>(resolve => {
    child.once('exit', (code, signal) => {
      ended = true;
      if (child.pid !== undefined) running.delete(child.pid);
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', cause =>
      reject(
        new Error(`${server.name} could not be started: ${server.command}: ${cause.message}`, { cause }),
      ),
    );
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  child.unref();
  guardExit();
  if (!ended) running.set(pid, stopSignal);
  return {
    pid,
    exited,
    ended: () => ended,
    logTail: () =>
      readFileSync(server.logFile, 'utf8').trimEnd().split('\n').slice(-6).join(' | ').slice(-1500),
    stop: async () => {
      if (!ended) sendTo(pid, stopSignal);
      const gaveUp = new AbortController();
      await Promise.race([
        exited,
        sleep(gracefulMilliseconds, undefined, { signal: gaveUp.signal }).catch(() => null),
      ]);
      gaveUp.abort();
      // What it started itself and left behind; ESRCH when nothing is left.
      sendTo(-pid, 'SIGKILL');
      await exited;
    },
  };
}
