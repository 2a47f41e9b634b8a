import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { writePrivateJson } from './private-file.ts';
import { processIdentity } from './process-identity.ts';

const record = z.object({
  pid: z.int().positive(),
  identity: z.string(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});

export type StopSignal = z.output<typeof record>['stopSignal'];

/** How long what was left gets to stop by itself, in milliseconds. */
const patience = 4_000;

/**
 * One file a child, `$WAYBILL_HOME/run/<name>.json`: what the next `npm start` needs to clear away the children of a
 * supervisor that was killed.
 */
export class RunRecords {
  constructor(private readonly folder: string) {}

  add(name: string, pid: number, stopSignal: StopSignal): void {
    const identity = processIdentity(pid);
    if (identity !== undefined) writePrivateJson(this.#file(name), { pid, identity, stopSignal });
  }

  remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  /** Stops every recorded process that still is the one that was recorded, and forgets all records. Tells their names. */
  async clearLeft(): Promise<readonly string[]> {
    const files = readdirSync(this.folder, { withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.json'))
      .map(entry => path.join(this.folder, entry.name));
    const cleared = await Promise.all(files.map(file => clear(file)));
    for (const file of files) rmSync(file, { force: true });
    return cleared.filter(name => name !== undefined);
  }

  #file(name: string): string {
    return path.join(this.folder, `${name}.json`);
  }
}

async function clear(file: string): Promise<string | undefined> {
  const left = recordIn(file);
  if (left === undefined) return undefined;
  const runs = (): boolean => processIdentity(left.pid) === left.identity;
  if (!runs()) return undefined;
  signal(left.pid, left.stopSignal);
  const deadline = performance.now() + patience;
  while (runs() && performance.now() < deadline) await sleep(50);
  if (runs()) {
    // Children lead a process group of their own: this ends what they started, too.
    signal(-left.pid, 'SIGKILL');
    while (runs()) await sleep(50);
  }
  return path.basename(file, '.json');
}

/** Undefined for a file that is none of ours: it names no process that we could be sure of. */
function recordIn(file: string): z.output<typeof record> | undefined {
  try {
    return record.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** A process that ended meanwhile is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
