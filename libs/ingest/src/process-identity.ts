import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names a process so that another one in the same process namespace of the same boot can tell whether it still lives:
 * boot, namespace, pid and start time together never come back. Elsewhere than on Linux only the machine and pid are
 * named, and nobody is ever held dead by it.
 */
export function processIdentity(pid = process.pid): string {
  const place = namespaceOf();
  const started = startTimeOf(pid);
  return place === undefined || started === undefined ? `${hostname()} ${pid}` : `${place} ${pid} ${started}`;
}

/** True only when this machine can be sure that the named process is gone. */
export function isProvablyDead(identity: string): boolean {
  const [boot, namespace, pid, started] = identity.split(' ');
  if (started === undefined || `${boot} ${namespace}` !== namespaceOf()) return false;
  return startTimeOf(Number(pid)) !== started;
}

function namespaceOf(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // No Linux /proc here: say that nothing can be told.
    return undefined;
  }
}

/** Field 22 of /proc/pid/stat (proc_pid_stat(5)); the command in field 2 may hold anything, so count from its end. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
