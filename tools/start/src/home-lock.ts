import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writePrivateJson } from './private-file.ts';
import { processIdentity } from './process-identity.ts';
import { StartError } from './start-error.ts';

const holder = z.object({ pid: z.int().positive(), identity: z.string() });

/**
 * Takes the home folder for this process; the answer gives it back. Throws when another `npm start` holds it. A lock whose
 * process is gone is taken over.
 */
export function lockHome(home: string): () => void {
  const lock = path.join(home, 'lock.json');
  const own = `${lock}.${process.pid}`;
  writePrivateJson(own, { pid: process.pid, identity: processIdentity(process.pid) ?? '' });
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

function refuseWhileHeld(text: string, home: string): void {
  const held = holder.safeParse(parsed(text));
  if (!held.success || processIdentity(held.data.pid) !== held.data.identity) return;
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
