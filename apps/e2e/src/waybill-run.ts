import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@waybill/servers';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** What `npm start` tells other programs (design, section 7). */
export interface ReadyFile {
  readonly admin: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly s3?: {
    endpoint: string;
    region: string;
    bucket: string;
    accessKeyId: string;
    secretAccessKey: string;
  };
  readonly sftp?: { host: string; port: number; username: string; password: string; root: string };
  readonly apps: Readonly<Record<string, { readonly pid: number; readonly url: string }>>;
}

/** The whole system as `npm start` runs it, in a home of its own. */
export class WaybillRun {
  private child: ChildProcess | undefined;
  private said = '';

  private constructor(
    /** Holds inbox/ and whatever the test's configuration names. */
    readonly folder: string,
    private readonly port: number,
  ) {}

  static async create(): Promise<WaybillRun> {
    const folder = await mkdtemp(path.join(tmpdir(), 'waybill-e2e-'));
    await mkdir(path.join(folder, 'inbox'));
    return new WaybillRun(folder, await freePort());
  }

  get inbox(): string {
    return path.join(this.folder, 'inbox');
  }

  get home(): string {
    return path.join(this.folder, 'home');
  }

  /** Everything the supervisor printed. */
  get output(): string {
    return this.said;
  }

  async configure(yaml: string): Promise<void> {
    await writeFile(path.join(this.folder, 'waybill.yaml'), yaml);
  }

  /** Starts the supervisor; resolves with ready.json, or with the exit code when it refused. */
  async start(
    environment: NodeJS.ProcessEnv = {},
  ): Promise<ReadyFile | { readonly exitCode: number | null }> {
    this.said = '';
    const child = spawn(process.execPath, [path.join(checkout, 'dist/tools/start/main.js')], {
      cwd: this.folder,
      env: {
        ...process.env,
        DATABASE_URL: '',
        REDIS_URL: '',
        WAYBILL_HOME: this.home,
        WAYBILL_CONFIG: path.join(this.folder, 'waybill.yaml'),
        WAYBILL_PORT: String(this.port),
        NODE_OPTIONS: '',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`npm start was not ready within 90 s:\n${this.said}`)),
        90_000,
      );
      const hear = (chunk: Buffer) => {
        this.said += chunk.toString();
        if (!this.said.includes('Waybill is ready')) return;
        clearTimeout(limit);
        this.ready().then(resolve, reject);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', exitCode => {
        clearTimeout(limit);
        resolve({ exitCode });
      });
    });
  }

  /** As start(), for tests in which a refusal is a failure. */
  async startReady(environment: NodeJS.ProcessEnv = {}): Promise<ReadyFile> {
    const outcome = await this.start(environment);
    if ('exitCode' in outcome) throw new Error(`npm start ended with ${outcome.exitCode}:\n${this.said}`);
    return outcome;
  }

  /** ready.json as it is now: rewritten when an app was restarted. */
  async ready(): Promise<ReadyFile> {
    return JSON.parse(await readFile(path.join(this.home, 'ready.json'), 'utf8')) as ReadyFile;
  }

  /** The pid of a process that the supervisor keeps now, apps and servers alike. */
  async pidOf(name: string): Promise<number> {
    const record = await readFile(path.join(this.home, 'run', `${name}.json`), 'utf8');
    return (JSON.parse(record) as { pid: number }).pid;
  }

  /** kill -9, as soon as there is such a process: it may be on its way up again. */
  async killChild(name: string): Promise<void> {
    const limit = performance.now() + 20_000;
    for (;;) {
      try {
        process.kill(await this.pidOf(name), 'SIGKILL');
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if ((code !== 'ESRCH' && code !== 'ENOENT') || performance.now() > limit) throw error;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  }

  /** The log of one app. */
  log(app: string): Promise<string> {
    return readFile(path.join(this.home, 'logs', `${app}.log`), 'utf8');
  }

  /** Ctrl-C; resolves with the exit code and how long it took. */
  async stop(): Promise<{ readonly exitCode: number | null; readonly seconds: number }> {
    return this.end('SIGINT');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops what still runs and removes the folder. */
  async dispose(): Promise<void> {
    await this.stop();
    const elsewhere = await this.dataElsewhere();
    if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Where Postgres put its data when its user can't reach the home: outside the folder that is removed. */
  private async dataElsewhere(): Promise<string | undefined> {
    try {
      const note = await readFile(path.join(this.home, 'postgres', 'DATA-IS-ELSEWHERE'), 'utf8');
      return /lies in (\S+),/.exec(note)?.[1];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private async end(signal: NodeJS.Signals): Promise<{ exitCode: number | null; seconds: number }> {
    const { child } = this;
    const began = performance.now();
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
      child.kill(signal);
      await ended;
    }
    return { exitCode: child?.exitCode ?? null, seconds: (performance.now() - began) / 1_000 };
  }
}
