import { duration } from '@waybill/contract';
import type { SourceDescriptor } from '@waybill/contract';
import { z } from 'zod';
import { defaultIgnore } from './ignore-rule.ts';
import { WatchFolderSource } from './watch-folder-source.ts';

const config = z.strictObject({
  /** libs/config makes it absolute against the configuration file's folder. */
  path: z.string().min(1),
  mode: z.enum(['finished', 'growing'], { error: 'mode must be finished or growing' }).default('finished'),
  finish: z.strictObject({ idle: duration.prefault('10s') }).prefault({}),
  scanEvery: duration.prefault('2s'),
  ignore: z.array(z.string().min(1)).default([...defaultIgnore]),
  dispose: z
    .literal('keep', {
      error: 'dispose must be keep: this release leaves files where they are once they are proven',
    })
    .default('keep'),
});

/**
 * A folder on this machine, with everything below it.
 *
 * - `path`: the folder. Links to files and folders below it are not followed.
 * - `mode`: `finished` (default) reads a file once it stands still, `growing` sends it while it grows.
 * - `finish.idle`: how long size and modification time must stand still (default 10s).
 * - `scanEvery`: how often the whole folder is read (default 2s); changes that the system tells are read at once.
 * - `ignore`: patterns of names that are left alone, files and whole folders; a pattern with "/" is held against the path
 *   below the folder. Given, it replaces the default: the known suffixes of unfinished files.
 */
export const watchFolderSource: SourceDescriptor<typeof config> = {
  kind: 'watch-folder',
  title: 'Watch folder',
  config,
  create: ({ path, ignore }, { name }) => new WatchFolderSource({ name, path, ignore }),
};
