import { readFileSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename } from 'node:path';
import { runCommand } from './run-command.ts';

/** Whether a process with this id runs, whoever owns it. One that ended and that nobody has waited for yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** In a container whose first process waits for nobody, ended orphans keep their id for good: state Z in /proc. */
function isZombie(pid: number): boolean {
  try {
    // proc(5): the state follows the program's name, which stands in parentheses and may hold any sign itself.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    // No /proc (macOS), or the process ended meanwhile and the next look will say so.
    return false;
  }
}

/** A link of /proc, or undefined where the process ended meanwhile or belongs to a user whom we may not look at. */
const look = (path: string): Promise<string | undefined> =>
  readlink(path).then(
    target => target.replace(/ \(deleted\)$/, ''),
    () => undefined,
  );

/**
 * Ids of the running processes of these programs whose working folder is `folder` (a real path). Postgres and Redis
 * both work in their data folder, so this finds exactly the servers of that folder; a process that merely has an old
 * id of theirs is not among them. Without /proc (macOS) the answer comes from `ps` and the command line.
 */
export async function serversIn(folder: string, programs: readonly string[]): Promise<number[]> {
  if (platform() !== 'linux') return fromPs(folder, programs);
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async pid => {
      if ((await look(`/proc/${pid}/cwd`)) !== folder) return undefined;
      const program = await look(`/proc/${pid}/exe`);
      return program !== undefined && programs.includes(basename(program)) ? Number(pid) : undefined;
    }),
  );
  return found.filter(pid => pid !== undefined);
}

async function fromPs(folder: string, programs: readonly string[]): Promise<number[]> {
  const table = await runCommand('ps', ['-A', '-o', 'pid=,command=']);
  return table
    .split('\n')
    .filter(line => line.includes(folder) && programs.some(program => line.includes(program)))
    .map(line => Number.parseInt(line, 10))
    .filter(pid => pid > 0 && pid !== process.pid);
}
