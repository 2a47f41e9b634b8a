/** Clock ticks a second in /proc: 100 in every Linux that Node runs on (sysconf(3), USER_HZ). */
const ticksPerSecond = 100;

export interface ProcessorTimes {
  /** User and system seconds of the process itself. */
  readonly own: number;
  /** The same of the children that it has waited for, and of theirs. */
  readonly children: number;
}

/** Reads /proc/<pid>/stat (proc_pid_stat(5)). The program's name stands in parentheses and may hold any sign itself. */
export function processorTimes(stat: string): ProcessorTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Field 3 (state) is the first here: utime, stime, cutime, cstime are fields 14 to 17.
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  if (utime === undefined || stime === undefined || cutime === undefined || !Number.isFinite(cstime))
    throw new Error(`This is no line of /proc/<pid>/stat: ${stat.slice(0, 80)}`);
  return { own: (utime + stime) / ticksPerSecond, children: (cutime + Number(cstime)) / ticksPerSecond };
}

export interface MemoryUse {
  /** Bytes in memory now, and at the process's own peak. */
  readonly now: number;
  readonly peak: number;
}

/** Reads /proc/<pid>/status (proc_pid_status(5)); zero for a process that has ended and has no memory any more. */
export function memoryUse(status: string): MemoryUse {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Reads /proc/<pid>/task/<tid>/children. */
export const childIds = (children: string): readonly number[] =>
  children.split(' ').filter(Boolean).map(Number);
