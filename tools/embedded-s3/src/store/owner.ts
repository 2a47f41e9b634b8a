import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { FolderSync } from './folder-sync.ts';
import { publishJson, readJson } from './json-files.ts';
import type { Layout } from './layout.ts';

/** Every answer carries the id of the server that gave it: that is how a second server sees that the folder is taken. */
export const instanceHeader = 'x-waybill-instance';

const ownerName = 'owner.json';
const ownerFile = z.object({ endpoint: z.string(), instance: z.string() });

/**
 * Throws when another server answers for this folder now: two would sweep away each other's files.
 * A process id would prove nothing, since ids are used again; an answer with the right id does.
 */
export async function refuseSecondServer(layout: Layout): Promise<void> {
  const owner = await readOwner(layout);
  if (owner === undefined) return;
  const answer = await fetch(owner.endpoint, { signal: AbortSignal.timeout(2000) }).then(
    response => response.headers.get(instanceHeader),
    // Nobody listens there: the server that wrote the file is gone.
    () => null,
  );
  if (answer !== owner.instance) return;
  throw new Error(
    `The folder ${layout.folder} is being served already by the embedded S3 server at ${owner.endpoint}: ` +
      'stop that one first, or choose another folder.',
  );
}

export async function writeOwner(
  layout: Layout,
  folders: FolderSync,
  owner: { readonly endpoint: string; readonly instance: string },
): Promise<void> {
  await publishJson(join(layout.folder, ownerName), owner, layout.temporary, folders);
}

async function readOwner(layout: Layout) {
  if (!(await readdir(layout.folder)).includes(ownerName)) return undefined;
  return readJson(join(layout.folder, ownerName), ownerFile);
}
