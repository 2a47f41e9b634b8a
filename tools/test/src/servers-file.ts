import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TestServers } from '@waybill/servers';

/** Writes the file that `testServers()` reads, whole or not at all; mode 0600, it holds passwords. */
export async function writeServersFile(file: string, servers: TestServers): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}`;
  await writeFile(draft, `${JSON.stringify(servers, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

export const removeServersFile = (file: string): Promise<void> => rm(file, { force: true });
