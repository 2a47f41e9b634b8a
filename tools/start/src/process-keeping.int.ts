import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@waybill/servers';
import { ChildLog } from './child-log.ts';
import { ChildWords } from './child-words.ts';
import { lockHome, untilAbandonedLockIsFree } from './home-lock.ts';
import type { KeptProcessPlan } from './kept-process.ts';
import { launchChild } from './launch-child.ts';
import { processIdentity } from './process-identity.ts';
import { RunRecords } from './run-records.ts';
import { Supervisor } from './supervisor.ts';
import { untilAppReady } from './until-ready.ts';
import { untilSilent } from './until-silent.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('It did not come true within 10 s.');
    await sleep(20);
  }
}

describe('process keeping', () => {
  let home: string;
  let supervisor: Supervisor;
  let told: string[];
  let refusals: string[];
  let pids: number[];
  let url: string;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'waybill-start-'));
    supervisor = new Supervisor();
    [told, refusals, pids] = [[], [], []];
    url = `http://127.0.0.1:${await freePort()}`;
  });
  afterEach(async () => {
    await supervisor.stop();
    await rm(home, { recursive: true, force: true });
  });

  function fake(behaviour: string, more: Partial<KeptProcessPlan> = {}): KeptProcessPlan {
    const log = new ChildLog(path.join(home, 'fake.log'));
    const records = new RunRecords(home);
    return {
      name: 'fake',
      launch: () =>
        launchChild({
          name: 'fake',
          script: [fixture('fake-child.mjs')],
          env: { PATH: process.env['PATH'], FAKE: behaviour, PORT: new URL(url).port },
          cwd: home,
          log,
          words: new ChildWords(sentence => told.push(sentence)),
          stopMs: 300,
        }),
      untilReady: signal => untilAppReady('fake', url, sentence => told.push(sentence), signal),
      onStart: ({ pid }) => records.add('fake', pid, 'SIGTERM'),
      onEnd: () => records.remove('fake'),
      onReady: ({ pid }) => pids.push(pid),
      onRefused: refusal => refusals.push(refusal.message),
      tell: sentence => told.push(sentence),
      mustStart: false,
      pausesMs: [20, 40],
      ...more,
    };
  }

  it('starts a killed process again at its address, logs what it says, and stops it', async () => {
    await supervisor.keep([fake('serve')]);
    const [first = 0] = pids;
    process.kill(first, 'SIGKILL');
    await until(() => pids.length === 2);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await supervisor.stop();
    expect(pids.map(processIdentity)).toEqual([undefined, undefined]);
    expect(told).toContain('fake ended (SIGKILL). It is started again in 0.02 s.');
    expect(told).toContain('the camera is slow (timeout)');
    expect(await readFile(path.join(home, 'fake.log'), 'utf8')).toContain('"the camera is slow"');
    expect(await readdir(home)).toEqual(['fake.log']);
  });

  it('starts a process anew that runs and answers nothing, and leaves one alone that answers', async () => {
    const patience = { everyMs: 20, silentMs: 100 };
    const watched = { untilSilent: (signal: AbortSignal) => untilSilent(url, signal, patience) };
    await supervisor.keep([fake('hang', watched)]);
    await until(() => pids.length === 2);
    expect(told).toContain('fake runs, but has answered nothing for long: it is ended.');
    await supervisor.stop();
    [supervisor, pids] = [new Supervisor(), []];
    await supervisor.keep([fake('serve', watched)]);
    await sleep(300);
    expect(pids).toHaveLength(1);
  });

  it('ends a process that does not stop by itself', async () => {
    await supervisor.keep([fake('stubborn')]);
    await supervisor.stop();
    expect(pids.map(processIdentity)).toEqual([undefined]);
  });

  it('says why a configuration is refused, once, without a second start', async () => {
    await expect(supervisor.keep([fake('refuse')])).rejects.toThrow(
      'waybill.yaml, line 3: the route leads nowhere. Name a destination that exists.',
    );
    expect(refusals).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('does not start anew what must start and does not', async () => {
    await expect(supervisor.keep([fake('crash', { mustStart: true })])).rejects.toThrow(
      'fake ended (exit code 1): the disk is gone.',
    );
  });

  it('tries what crashes again and again, until it is stopped', async () => {
    const kept = supervisor.keep([fake('crash')]);
    const outcome = expect(kept).rejects.toThrow('stopped');
    await until(() => told.length >= 3);
    await supervisor.stop();
    await outcome;
    expect(told.at(-1)).toBe('fake ended (exit code 1): the disk is gone. It is started again in 0.04 s.');
  });

  it('clears what a killed supervisor left, and nothing that only has its process id', async () => {
    const dying = spawn(process.execPath, [fixture('dying-supervisor.mjs')], {
      env: { ...process.env, PORT: new URL(url).port },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(dying.stdout, 'data')) as [Buffer];
    const left = Number(line.toString());
    const records = new RunRecords(home);
    records.add('left', left, 'SIGTERM');
    dying.kill('SIGKILL');
    await once(dying, 'exit');
    expect(processIdentity(left)).toBeDefined();
    const stranger = { pid: process.pid, identity: 'an earlier process of this id', stopSignal: 'SIGTERM' };
    await writeFile(path.join(home, 'stranger.json'), JSON.stringify(stranger));

    expect(await records.clearLeft()).toEqual(['left']);
    expect(processIdentity(left)).toBeUndefined();
    expect(await readdir(home)).toEqual([]);
  });

  it('gives a home to one at a time, and takes it over from the dead', async () => {
    const unlock = lockHome(home);
    expect(() => lockHome(home)).toThrow(/Another npm start \(process \d+\) uses .*: stop that one/);
    unlock();
    await writeFile(path.join(home, 'lock.json'), JSON.stringify({ pid: 1, identity: 'of another boot' }));
    lockHome(home)();
    await writeFile(path.join(home, 'lock.json'), '{"pid":');
    lockHome(home)();
    expect(await readdir(home)).toEqual([]);
  });

  it('waits for one whose npm was killed and that still stops, and for no other', async () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(holder, 'spawn');
    const pid = holder.pid ?? 0;
    const lock = { pid, identity: processIdentity(pid), parent: { pid: 1, identity: 'of another boot' } };
    await writeFile(path.join(home, 'lock.json'), JSON.stringify(lock));
    setTimeout(() => holder.kill('SIGKILL'), 300);
    await untilAbandonedLockIsFree(home, sentence => told.push(sentence));
    expect(processIdentity(pid)).toBeUndefined();
    expect(told).toEqual([expect.stringContaining(`(process ${pid}) was killed and still stops`)]);
    lockHome(home)();

    const unlock = lockHome(home);
    await untilAbandonedLockIsFree(home, sentence => told.push(sentence));
    unlock();
    expect(told).toHaveLength(1);
  });
});
