import { open } from 'node:fs/promises';

/**
 * Fsync of folders, so that names in them survive a power cut. Calls that come while one is running share the next:
 * a sync covers every name that was there when it started.
 */
export class FolderSync {
  private readonly running = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();

  sync(folder: string): Promise<void> {
    const shared = this.waiting.get(folder);
    if (shared !== undefined) return shared;
    const running = this.running.get(folder);
    if (running === undefined) return this.start(folder);
    const next = running.then(
      () => this.startWaiting(folder),
      () => this.startWaiting(folder),
    );
    this.waiting.set(folder, next);
    return next;
  }

  private startWaiting(folder: string): Promise<void> {
    this.waiting.delete(folder);
    return this.start(folder);
  }

  private start(folder: string): Promise<void> {
    const sync = syncFolder(folder).finally(() => {
      if (this.running.get(folder) === sync) this.running.delete(folder);
    });
    this.running.set(folder, sync);
    return sync;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
