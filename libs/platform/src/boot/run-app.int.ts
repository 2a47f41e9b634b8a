import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@waybill/servers';

type Line = Readonly<Record<string, unknown>>;

/** The small app as a process of its own, and all that it says. */
class SmallApp {
  readonly lines: Line[] = [];
  stderr = '';
  private rest = '';

  constructor(
    readonly process: ChildProcess,
    readonly url: string,
  ) {
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const pieces = (this.rest + text).split('\n');
      this.rest = pieces.pop() ?? '';
      this.lines.push(...pieces.map(piece => JSON.parse(piece) as Line));
    });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  async exitCode(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'close');
    return this.process.exitCode;
  }

  said(text: string): Line | undefined {
    return this.lines.find(({ msg }) => typeof msg === 'string' && msg.includes(text));
  }

  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 8_000;
    while (!(await condition())) {
      if (performance.now() > end)
        throw new Error(`${what}: not in time; it said ${JSON.stringify(this.lines)}`);
      await pause(20);
    }
  }
}

describe('runApp, as a bundle in a process of its own', () => {
  let folder: string;
  let databasePort: number;
  let database: Server | undefined;
  let app: SmallApp;

  const startDatabase = async (): Promise<void> => {
    database = createServer(socket => socket.on('error', () => undefined).end()).listen(
      databasePort,
      '127.0.0.1',
    );
    await once(database, 'listening');
  };
  const run = async (small = '', env: NodeJS.ProcessEnv = {}): Promise<SmallApp> => {
    const port = await freePort();
    const child = spawn(process.execPath, [join(folder, 'main.js')], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        DATABASE_PORT: String(databasePort),
        SMALL: small,
        ...env,
      },
    });
    return (app = new SmallApp(child, `http://127.0.0.1:${port}`));
  };
  const ready = async () => {
    const answer = await fetch(`${app.url}/health/ready`);
    return { status: answer.status, body: (await answer.json()) as { checks: Record<string, unknown> } };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-small-app-'));
    databasePort = await freePort();
    const args = ['tools/build/bundle.mjs', 'libs/platform/fixtures/small-app.ts', folder];
    await promisify(execFile)(process.execPath, args);
  }, 60_000);
  beforeEach(startDatabase);
  afterEach(async () => {
    database?.close();
    if (app.process.exitCode === null) app.process.kill('SIGKILL');
    await app.exitCode();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('works, and stops in order with code 0 on SIGTERM and SIGINT at once', async () => {
    await run('slow-stop');
    await app.until('at work', () => app.said('is at work') !== undefined);
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect(await (await fetch(`${app.url}/small`)).json()).toEqual({ small: true });
    expect(await (await fetch(`${app.url}/metrics`)).text()).toContain(
      'nodejs_eventloop_lag_seconds{app="small-app"}',
    );
    app.process.kill('SIGINT');
    app.process.kill('SIGTERM');
    expect(await app.exitCode()).toBe(0);
    expect(app.lines.map(({ msg }) => msg).slice(-3)).toEqual([
      'small-app is stopping.',
      'the pool is ended',
      'small-app has stopped.',
    ]);
    expect(app.said('listens on')).toMatchObject({ level: 'info', app: 'small-app', url: app.url });
    expect(app.stderr).toBe('');
  });

  it('waits live but not ready while the database is away, and goes to work when it is there', async () => {
    database?.close();
    await run();
    await app.until('listens', () => app.said('listens on') !== undefined);
    await app.until('says so', () => app.said('waits for it') !== undefined);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    const before = await ready();
    expect(before.status).toBe(503);
    expect(before.body.checks['database']).toEqual({
      ok: false,
      sentence: expect.stringMatching(
        /^The database can't be reached \(connect ECONNREFUSED .*\); check that/,
      ) as unknown,
    });
    await startDatabase();
    await app.until('ready', async () => (await ready()).status === 200);
    expect(app.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  }, 20_000);

  it('tells in its health that the database went away in mid-work, and lives on', async () => {
    await run();
    await app.until(
      'ready',
      async () => app.said('is at work') !== undefined && (await ready()).status === 200,
    );
    database?.close();
    await app.until('not ready', async () => (await ready()).status === 503);
    await startDatabase();
    await app.until('ready', async () => (await ready()).status === 200);
  }, 20_000);

  it.each([
    ['bad-config', 'waybill.yaml line 3: there is no "sorces"; did you mean "sources"?\n'],
    ['old-schema', 'The schema is too old.\n'],
  ])('refuses %s with its one sentence and code 78', async (small, sentence) => {
    await run(small);
    expect(await app.exitCode()).toBe(78);
    expect(app.stderr).toBe(sentence);
  });

  it('says in one sentence that its port is taken', async () => {
    await run('', { PORT: String(databasePort) });
    expect(await app.exitCode()).toBe(1);
    expect(app.stderr).toMatch(
      /^small-app can't start: 127\.0\.0\.1:\d+ is taken by another process; .*\.\n$/,
    );
  });

  it('ends with one line, free of secrets, after an error that nobody caught', async () => {
    await run();
    await app.until('at work', () => app.said('is at work') !== undefined);
    await fetch(`${app.url}/small/reject`).catch(() => undefined);
    expect(await app.exitCode()).toBe(1);
    expect(app.lines.filter(({ level }) => level === 'fatal')).toEqual([
      expect.objectContaining({
        msg: 'small-app ends after an error that nobody caught (unhandledRejection).',
        error: expect.objectContaining({
          message: 'nobody caught this',
          causes: ['password=[secret] was wrong'],
        }) as unknown,
      }),
    ]);
    expect(JSON.stringify(app.lines)).not.toContain('hunter2');
  });

  it('is ended in time when its stop does not end', async () => {
    await run('endless-stop');
    await app.until('at work', () => app.said('is at work') !== undefined);
    const began = performance.now();
    app.process.kill('SIGTERM');
    expect(await app.exitCode()).toBe(1);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(app.said('did not stop within 1.5 s')).toBeDefined();
  });
});
