import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort } from '@waybill/servers';
import { z } from 'zod';
import { writePrivateJson } from './private-file.ts';

const stored = z.record(z.string(), z.int().min(1).max(65_535));

/** True when nobody listens on this port of 127.0.0.1. Rejects when that can't be found out. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * A port of 127.0.0.1 for each name: that of the last run where it is still free, else another free one. None of `reserved`.
 * Remembered in `file`.
 */
export async function stablePorts<Name extends string>(
  file: string,
  names: readonly Name[],
  reserved: readonly number[] = [],
): Promise<Readonly<Record<Name, number>>> {
  const before = portsIn(file);
  const ports = new Map<Name, number>();
  const taken = new Set(reserved);
  for (const name of names) {
    const last = before[name];
    if (last === undefined || taken.has(last) || !(await isFree(last))) continue;
    ports.set(name, last);
    taken.add(last);
  }
  for (const name of names) {
    let port = ports.get(name);
    while (port === undefined) {
      const candidate = await freePort();
      if (!taken.has(candidate)) port = candidate;
    }
    taken.add(port);
    ports.set(name, port);
  }
  const chosen = Object.fromEntries(ports) as Record<Name, number>;
  writePrivateJson(file, { ...before, ...chosen });
  return chosen;
}

function portsIn(file: string): Readonly<Record<string, number>> {
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Without a memory, or with a damaged one, every port is a new one: nothing else hangs on it.
    if (code === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}
