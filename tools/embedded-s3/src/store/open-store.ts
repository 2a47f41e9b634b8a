import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Buckets } from './buckets.ts';
import { DataFiles } from './data-files.ts';
import { FolderSync } from './folder-sync.ts';
import { publishJson, readJson } from './json-files.ts';
import { Layout } from './layout.ts';
import { Objects } from './objects.ts';
import { refuseSecondServer, writeOwner } from './owner.ts';
import { Uploads } from './uploads.ts';

/** Everything that is kept, under one folder. */
export interface Store {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly data: DataFiles;
  /** Claims the folder for the server that now listens at `endpoint`. */
  claim(endpoint: string, instance: string): Promise<void>;
}

/**
 * Opens a folder, making it when it is not there, and sweeps away what a kill left behind.
 * Throws one sentence when the folder is served already, is of another format, or holds a file that cannot be read.
 */
export async function openStore(folder: string): Promise<Store> {
  const layout = new Layout(folder);
  const folders = new FolderSync();
  await claimFormat(layout, folders);
  await refuseSecondServer(layout);
  await layout.create();

  const data = new DataFiles(layout.data, folders);
  const buckets = new Buckets(layout, folders);
  const objects = new Objects(layout, folders, data);
  const uploads = new Uploads(layout, folders, data);
  for (const name of await readdir(layout.temporary)) {
    await rm(join(layout.temporary, name), { recursive: true, force: true });
  }
  const inObjects = await buckets.load();
  const inUploads = await uploads.load(async ({ bucket, key, id }) => {
    const held = await objects.hold(buckets.get(bucket), key);
    await held?.release();
    return held?.manifest.uploadId === id;
  });
  await data.sweep(new Set([...inObjects, ...inUploads]));
  return {
    buckets,
    objects,
    uploads,
    data,
    claim: (endpoint, instance) => writeOwner(layout, folders, { endpoint, instance }),
  };
}

const formatFile = 'embedded-s3.json';

/**
 * A folder is ours when it says so. A folder that holds anything else is refused: sweeping it would remove files of
 * somebody's.
 */
async function claimFormat(layout: Layout, folders: FolderSync): Promise<void> {
  await mkdir(layout.folder, { recursive: true, mode: 0o700 });
  const path = join(layout.folder, formatFile);
  const names = await readdir(layout.folder);
  if (names.includes(formatFile)) {
    await readJson(path, z.object({ format: z.literal(1) }));
    return;
  }
  // A draft is what a kill during the very first start leaves.
  if (names.some(name => !name.endsWith('.draft.json'))) {
    throw new Error(
      `The folder ${layout.folder} holds files that are not of the embedded S3 server: give it an empty folder.`,
    );
  }
  await publishJson(path, { format: 1 }, layout.folder, folders);
}
