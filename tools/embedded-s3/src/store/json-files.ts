import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import type { FolderSync } from './folder-sync.ts';

/** Writes `value` so that it stands under `path` whole or not at all, and for good once this resolves. */
export async function publishJson(
  path: string,
  value: unknown,
  temporary: string,
  folders: FolderSync,
): Promise<void> {
  const draft = join(temporary, `${randomUUID()}.draft.json`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await folders.sync(dirname(path));
}

/** Reads what publishJson wrote. Throws one sentence naming the file when it holds something else. */
export async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const content = await readFile(path, 'utf8');
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw new Error(
      `The embedded S3 server cannot read ${path}: it is not a file that this server wrote. ` +
        'Move it away, or start with an empty folder.',
      { cause },
    );
  }
}
