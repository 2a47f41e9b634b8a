import { parseArgs } from 'node:util';
import { byteSize } from '@waybill/contract';

export interface BenchOptions {
  readonly server: 'swift' | 'embedded';
  /** Bytes of the one large file. */
  readonly fileSize: number;
  /** How many small files, and bytes of each. */
  readonly files: number;
  readonly smallSize: number;
  /** How often each side does each scenario. */
  readonly repeat: number;
  /** Names of scenarios and sides to run; all of them when empty. */
  readonly scenarios: readonly string[];
  readonly sides: readonly string[];
  /** The file that gets the figures as JSON. */
  readonly json: string;
  /** A folder for CPU profiles of Waybill's apps. */
  readonly profile: string | undefined;
  readonly help: boolean;
}

export const usage = `npm run bench -- [options]
  --server swift|embedded   the S3 server that all sides use (default swift)
  --file-size 2GiB          the one large file
  --files 5000              how many small files …
  --small-size 64KiB        … and of what size
  --repeat 3                runs of each side, interleaved; medians are shown
  --quick                   256MiB, 500 files, 1 run (other options still win)
  --scenario NAME           only this scenario; may be given more than once
  --side NAME               only this side; may be given more than once
  --json FILE               where the figures go (default .waybill/bench.json)
  --profile FOLDER          CPU profiles of Waybill's apps, for a look with a browser's developer tools
  --help`;

/** Reads the command line; throws one sentence that says what is wrong with it. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: args.filter(argument => argument !== '--'),
    strict: true,
    options: {
      server: { type: 'string', default: 'swift' },
      'file-size': { type: 'string' },
      files: { type: 'string' },
      'small-size': { type: 'string', default: '64KiB' },
      repeat: { type: 'string' },
      quick: { type: 'boolean', default: false },
      scenario: { type: 'string', multiple: true, default: [] },
      side: { type: 'string', multiple: true, default: [] },
      json: { type: 'string', default: '.waybill/bench.json' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { server, quick } = values;
  if (server !== 'swift' && server !== 'embedded')
    throw new Error(`--server takes swift or embedded; "${server}" is neither.`);
  return {
    server,
    fileSize: size('--file-size', values['file-size'] ?? (quick ? '256MiB' : '2GiB')),
    files: count('--files', values.files ?? (quick ? '500' : '5000')),
    smallSize: size('--small-size', values['small-size']),
    repeat: count('--repeat', values.repeat ?? (quick ? '1' : '3')),
    scenarios: values.scenario,
    sides: values.side,
    json: values.json,
    profile: values.profile,
    help: values.help,
  };
}

function size(option: string, text: string): number {
  const read = byteSize.safeParse(text);
  if (read.success && read.data > 0) return read.data;
  throw new Error(`${option} takes a size such as 64KiB or 2GiB; "${text}" is none.`);
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value > 0) return value;
  throw new Error(`${option} takes a number from 1 to 999999; "${text}" is none.`);
}

/** Those that were asked for by name, all when none was; throws for a name that does not exist. */
export function chosen<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  const unknown = names.find(name => !all.some(one => one.name === name));
  if (unknown !== undefined)
    throw new Error(`--${what} takes ${all.map(one => one.name).join(', ')}; "${unknown}" is none of them.`);
  return names.length === 0 ? all : all.filter(one => names.includes(one.name));
}
