/** `npm run bench`; see docs/bench.md. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { dirname, resolve } from 'node:path';
import { startBenchServers } from './bench-servers.ts';
import { runScenario } from './bench-run.ts';
import { chosen, readOptions, usage, type BenchOptions } from './options.ts';
import { compare, type ComparedSide } from './report/comparison.ts';
import { notes } from './report/notes.ts';
import { table } from './report/table.ts';
import { scenarios } from './scenarios/index.ts';
import { sides } from './sides/index.ts';

interface Chapter {
  readonly scenario: string;
  readonly title: string;
  readonly sides: readonly ComparedSide[];
}

const machine = () => ({
  kernel: release(),
  node: process.version,
  processor: cpus()[0]?.model ?? '',
  cores: availableParallelism(),
  /** One, five and fifteen minutes: above 0 at the start, something else was running. */
  load: loadavg(),
});

function untilInterrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort(new Error(`Interrupted by ${signal}.`)));
  return interruption.signal;
}

/** Resolves with whether every side that is installed did its work. */
async function bench(options: BenchOptions, signal: AbortSignal): Promise<boolean> {
  const chosenScenarios = chosen('scenario', scenarios, options.scenarios);
  const chosenSides = chosen('side', sides, options.sides);
  const atStart = { at: new Date().toISOString(), ...machine() };
  const tell = (sentence: string): void => console.log(`bench: ${sentence}`);
  await mkdir('/var/tmp', { recursive: true });
  const folder = await mkdtemp('/var/tmp/waybill-bench-');
  // The users of Postgres and OpenSSH pass through; what is secret in it is closed by itself.
  await chmod(folder, 0o711);
  const stops: (() => Promise<void>)[] = [];
  const chapters: Chapter[] = [];
  try {
    tell(`starting the servers (S3: ${options.server})`);
    const servers = await startBenchServers(folder, options, stops);
    for (const scenario of chosenScenarios) {
      signal.throwIfAborted();
      const place = { folder, servers, options, sides: chosenSides, tell, signal };
      const results = await runScenario(place, scenario);
      chapters.push({ scenario: scenario.name, title: scenario.title(options), sides: compare(results) });
    }
  } finally {
    const stopped = [];
    for (const stop of stops) stopped.push(...(await Promise.allSettled([stop()])));
    await rm(folder, { recursive: true, force: true });
    for (const result of stopped) if (result.status === 'rejected') console.error(result.reason);
  }
  const subtitle = `S3 server: ${options.server}; ${options.repeat === 1 ? 'one run' : `medians of ${options.repeat} runs`}; ${atStart.cores} cores; load at the start ${atStart.load[0]?.toFixed(1) ?? '?'}`;
  for (const { title, sides: compared } of chapters)
    console.log(`\n${table(`${title} (${subtitle})`, compared)}`);
  console.log(`\n${notes.join('\n')}`);
  const file = resolve(options.json);
  await mkdir(dirname(file), { recursive: true });
  const report = { ...atStart, loadAtEnd: loadavg(), options, chapters, notes };
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nThe figures of every run: ${file}`);
  return chapters.every(chapter => chapter.sides.every(({ outcome }) => !('failed' in outcome)));
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (process.platform !== 'linux')
    throw new Error('The bench reads /proc and Debian’s servers: run it on Linux, such as in a container.');
  else if (!(await bench(options, untilInterrupted()))) process.exit(1);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
