import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { writePrivateJson } from './private-file.ts';
import { processIdentity } from './process-identity.ts';
import { StartError } from './start-error.ts';

const processInFile = z.object({ pid: z.int().positive(), identity: z.string() });
/** The parent, mostly npm: a holder whose parent was killed is about to stop by itself. */
const holder = processInFile.extend({ parent: processInFile.optional() });

/** An orderly stop takes 20 s at most (design, section 7); this is a little more, in milliseconds. */
const abandonedStopMs = 22_000;

/**
 * Takes the home folder for this process; the answer gives it back. Throws when another `npm start` holds it. A lock whose
 * process is gone is taken over.
 */
export function lockHome(home: string): () => void {
  const lock = path.join(home, 'lock.json');
  const own = `${lock}.${process.pid}`;
  writePrivateJson(own, { ...inFile(process.pid), parent: parentInFile() });
  try {
    for (;;) {
      if (linked(own, lock)) return () => rmSync(lock, { force: true });
      const text = textOf(lock);
      if (text === undefined) continue;
      refuseWhileHeld(text, home);
      // Dead. Moved away rather than removed, so that of two who see it only one takes it.
      const aside = `${own}.dead`;
      if (!moved(lock, aside)) continue;
      const same = textOf(aside) === text;
      if (!same) linked(aside, lock);
      rmSync(aside, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

const inFile = (pid: number) => ({ pid, identity: processIdentity(pid) ?? '' });

/** None where it can't be seen, as from inside a container. */
function parentInFile(): ReturnType<typeof inFile> | undefined {
  const parent = inFile(process.ppid);
  return parent.pid > 0 && parent.identity !== '' ? parent : undefined;
}

const runs = ({ pid, identity }: z.output<typeof processInFile>): boolean =>
  processIdentity(pid) === identity;

/** Waits for a holder whose npm was killed, as it stops by itself. Resolves at once for every other; never rejects for a lock. */
export async function untilAbandonedLockIsFree(
  home: string,
  tell: (sentence: string) => void,
): Promise<void> {
  const { data: held } = holder.safeParse(parsed(textOf(path.join(home, 'lock.json')) ?? ''));
  if (held?.parent === undefined || !runs(held) || runs(held.parent)) return;
  tell(`An earlier npm start (process ${held.pid}) was killed and still stops its servers; waiting for it …`);
  const deadline = performance.now() + abandonedStopMs;
  while (runs(held) && performance.now() < deadline) await sleep(100);
}

function refuseWhileHeld(text: string, home: string): void {
  const held = holder.safeParse(parsed(text));
  if (!held.success || !runs(held.data)) return;
  throw new StartError(
    `Another npm start (process ${held.data.pid}) uses ${home}: stop that one, or set WAYBILL_HOME to another folder.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not ours, or cut off by a power cut: nobody who lives wrote that.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const linked = (from: string, to: string): boolean => unless('EEXIST', () => linkSync(from, to));
const moved = (from: string, to: string): boolean => unless('ENOENT', () => renameSync(from, to));

function textOf(file: string): string | undefined {
  let text: string | undefined;
  unless('ENOENT', () => (text = readFileSync(file, 'utf8')));
  return text;
}

function unless(code: string, action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}
