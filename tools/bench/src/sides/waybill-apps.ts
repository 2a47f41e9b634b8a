import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, spawnServer, waitUntilReady, type ServerProcess } from '@waybill/servers';
import { checkout } from '../checkout.ts';
import type { Task } from './side.ts';

export type AppName = 'edge-ingester' | 'cloud-finalizer' | 'delivery-service';

/** What the apps of one run share. */
export interface AppPlace {
  readonly configuration: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
}

const startMilliseconds = 60_000;

/** Apps of the built artifacts, as processes. */
export class WaybillApps {
  private readonly running: ServerProcess[] = [];

  private constructor(
    private readonly task: Task,
    private readonly place: AppPlace,
  ) {}

  /** Starts them and waits until each is ready; stops all when one is not. */
  static async start(task: Task, place: AppPlace, names: readonly AppName[]): Promise<WaybillApps> {
    const apps = new WaybillApps(task, place);
    await writeFile(join(task.folder, 'waybill.yaml'), place.configuration);
    if (task.profile !== undefined) await mkdir(task.profile, { recursive: true });
    try {
      const ports = await freePorts(names.length);
      for (const [index, name] of names.entries()) await apps.launch(name, ports[index] ?? 0);
      return apps;
    } catch (error) {
      await apps.stop();
      throw error;
    }
  }

  get pids(): readonly number[] {
    return this.running.map(app => app.pid);
  }

  /** Throws with its last words when an app has ended by itself. */
  expectAlive(): void {
    const dead = this.running.find(app => app.ended());
    if (dead !== undefined) throw new Error(`An app of Waybill ended by itself: ${dead.logTail()}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(app => app.stop()));
  }

  private async launch(name: AppName, port: number): Promise<void> {
    const { folder, servers, profile, signal } = this.task;
    signal.throwIfAborted();
    const profiling =
      profile === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
    const app = await spawnServer({
      name,
      command: process.execPath,
      args: [...profiling, join(checkout, 'dist', 'apps', name, 'main.js')],
      logFile: join(folder, `${name}.log`),
      cwd: folder,
      dieWithParent: true,
      env: {
        ...process.env,
        ...this.place.secrets,
        NODE_OPTIONS: '',
        DATABASE_URL: this.place.databaseUrl,
        REDIS_URL: servers.redis.url,
        WAYBILL_CONFIG: join(folder, 'waybill.yaml'),
        HOST: '127.0.0.1',
        PORT: String(port),
      },
    });
    this.running.push(app);
    const ready = async (): Promise<void> => {
      signal.throwIfAborted();
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
    };
    await waitUntilReady(ready, { name, milliseconds: startMilliseconds, server: app });
  }
}
