import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bucket } from './buckets.ts';
import type { DataFiles } from './data-files.ts';
import type { FolderSync } from './folder-sync.ts';
import { publishJson, readJson } from './json-files.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { Layout } from './layout.ts';
import { manifestName } from './layout.ts';
import { manifest as manifestSchema } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { ObjectSummary } from './object-index.ts';

/** Looks at what stands under the key just before it is changed, and throws to leave it as it is. */
export type Guard = (current: ObjectSummary | undefined) => void;

/** An object held for reading: its files stay until `release`, whatever happens to the key. */
export interface HeldObject {
  readonly manifest: Manifest;
  release(): Promise<void>;
}

/** The objects of all buckets: one change at a time for each key. */
export class Objects {
  private readonly locks = new KeyedLock();

  constructor(
    private readonly layout: Layout,
    private readonly folders: FolderSync,
    private readonly data: DataFiles,
  ) {}

  /** The object under `key`, held for reading; undefined when there is none. */
  hold(bucket: Bucket, key: string): Promise<HeldObject | undefined> {
    return this.locks.run(lockName(bucket, key), async () => {
      const found = await this.read(bucket, key);
      if (found === undefined) return undefined;
      return { manifest: found, release: this.data.pin(found.parts.map(part => part.file)) };
    });
  }

  /** Puts `manifest` under its key, atomically, if `guard` lets it. The data files of what it replaces go. */
  put(bucket: Bucket, manifest: Manifest, guard: Guard): Promise<void> {
    return this.locks.run(lockName(bucket, manifest.key), async () => {
      guard(bucket.index.get(manifest.key));
      const before = await this.read(bucket, manifest.key);
      await publishJson(this.path(bucket, manifest.key), manifest, this.layout.temporary, this.folders);
      bucket.index.set(manifest);
      const kept = new Set(manifest.parts.map(part => part.file));
      await this.data.discard((before?.parts ?? []).map(part => part.file).filter(file => !kept.has(file)));
    });
  }

  /** Removes what stands under `key`, if `guard` lets it. Nothing there is fine. */
  remove(bucket: Bucket, key: string, guard: Guard): Promise<void> {
    return this.locks.run(lockName(bucket, key), async () => {
      guard(bucket.index.get(key));
      const before = await this.read(bucket, key);
      if (before === undefined) return;
      await rm(this.path(bucket, key));
      await this.folders.sync(this.layout.objects(bucket.name));
      bucket.index.delete(key);
      await this.data.discard(before.parts.map(part => part.file));
    });
  }

  private async read(bucket: Bucket, key: string): Promise<Manifest | undefined> {
    return bucket.index.has(key) ? readJson(this.path(bucket, key), manifestSchema) : undefined;
  }

  private path(bucket: Bucket, key: string): string {
    return join(this.layout.objects(bucket.name), manifestName(key));
  }
}

const lockName = (bucket: Bucket, key: string): string => `${bucket.name}/${key}`;
