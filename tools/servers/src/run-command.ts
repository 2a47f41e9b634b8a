import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly input?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end and gives what it wrote to stdout. Rejects with one sentence that holds the end of what it
 * wrote to stderr when it can't be started or ends with anything but 0; the input is never part of that sentence.
 * The folder it runs in is `/`, which every user can enter.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { input, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], ...rest });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
    // A program that ends without reading its input breaks the pipe; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.once('error', cause =>
      reject(new Error(`${command} could not be run: ${cause.message}`, { cause })),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${command} failed (${signal ?? `exit code ${String(code)}`}): ${stderr.trim() || stdout.trim()}`,
          ),
        );
    });
  });
}

/** Whether this process is root. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/** As {@link runCommand}, as root: directly where we are root, else by `sudo -n`, which never asks for a password. */
export const runAsRoot = (command: string, args: readonly string[], options: CommandOptions = {}) =>
  isRoot() ? runCommand(command, args, options) : runCommand('sudo', ['-n', command, ...args], options);
