import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@waybill/servers';
import type { BenchServers } from './bench-servers.ts';
import type { FileSet } from './file-set.ts';
import { medianFigures, type Figures } from './measure/figures.ts';
import type { BenchOptions } from './options.ts';
import type { SideResult } from './report/comparison.ts';
import { secondsText } from './report/texts.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Side } from './sides/side.ts';
import { Store } from './store.ts';

export interface BenchPlace {
  readonly folder: string;
  readonly servers: BenchServers;
  readonly options: BenchOptions;
  readonly sides: readonly Side[];
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** One side in one scenario, as far as it has come. */
interface Entry {
  readonly side: Side;
  readonly version: string | undefined;
  readonly runs: Figures[];
  /** Why it takes no further part. */
  out: { readonly missing: string } | { readonly failed: string } | undefined;
}

/**
 * Runs every side on the same files, `repeat` rounds, one side at a time; each round begins with another side, so that no
 * side always follows the same one. A side that fails once is out, with its reason; the others go on.
 */
export async function runScenario(place: BenchPlace, scenario: Scenario): Promise<readonly SideResult[]> {
  const { options, signal, tell } = place;
  const entries = await Promise.all(place.sides.map(enter));
  tell(`${scenario.title(options)}: making the files`);
  const data = join(place.folder, scenario.name);
  await mkdir(data);
  const files = await scenario.prepare(data, options);
  for (let round = 0; round < options.repeat; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(turn + round) % entries.length];
      if (entry === undefined || entry.out !== undefined) continue;
      signal.throwIfAborted();
      try {
        const figures = await oneRun(place, entry.side, files, `${scenario.name}-${round}-${turn}`);
        entry.runs.push(figures);
        tell(
          `${scenario.name} ${round + 1}/${options.repeat} ${entry.side.name}: ${secondsText(figures.wall)} s, CPU ${secondsText(figures.cpu)} s`,
        );
      } catch (error) {
        signal.throwIfAborted();
        const failed = (error instanceof Error ? error.message : String(error)).slice(0, 500);
        entry.out = { failed };
        tell(`${scenario.name} ${entry.side.name} failed: ${failed}`);
      }
    }
  }
  await rm(data, { recursive: true });
  return entries.map(({ side, version, runs, out }) => ({
    side: { name: side.name, kind: side.kind },
    version,
    outcome: out ?? { runs, median: medianFigures(runs) },
  }));
}

async function enter(side: Side): Promise<Entry> {
  const found = await side.find();
  return 'missing' in found
    ? { side, version: undefined, runs: [], out: found }
    : { side, version: found.version, runs: [], out: undefined };
}

async function oneRun(place: BenchPlace, side: Side, files: FileSet, name: string): Promise<Figures> {
  const { servers, options, signal } = place;
  const folder = join(place.folder, 'run');
  const store = new Store(servers.s3);
  const bucket = `bench-${name}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await store.createBucket(bucket);
  try {
    // What the run before wrote goes to the disk now, not during this one.
    await runCommand('sync', []);
    const profile = options.profile;
    const figures = await side.upload({ files, bucket, servers, folder, profile, signal });
    await store.verify(bucket, side.prefix, files);
    return figures;
  } finally {
    // After an interruption the whole store is thrown away.
    if (!signal.aborted) await store.empty(bucket);
    store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
