import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/** Runs a program in the checkout with its output on the terminal; rejects when it ends with anything but 0. */
export function runTool(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(signal ? `ended by ${signal}` : `exit code ${code}`)),
    );
  });
}
