import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runNode } from './child.ts';
import { jestOutcome } from './jest-outcome.ts';
import { verdict, type Outcome } from './outcome.ts';

/** What a step may use. */
export interface Stage {
  /** A folder of this run, gone after it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Given to Jest after its own arguments. */
  readonly jestArguments: readonly string[];
  /** The file that says where the real servers answer. */
  readonly serversFile: string;
}

export interface Step {
  readonly name: string;
  /** Which `--only` names it belongs to. */
  readonly group: 'check' | 'spec' | 'int' | 'e2e';
  readonly needsServers: boolean;
  readonly run: (stage: Stage) => Promise<Outcome>;
}

const bin = (path: string): string => join('node_modules', path);
const tierMinutes = { spec: 10, int: 30, e2e: 60 } as const;

const check = (name: string, args: readonly string[], group: Step['group'] = 'check'): Step => ({
  name,
  group,
  needsServers: false,
  run: async ({ signal }) => {
    const code = await runNode(args, { signal });
    return verdict(name, code === 0, code === 0 ? undefined : `${args.join(' ')} ended with ${String(code)}`);
  },
});

const tier = (name: 'spec' | 'int' | 'e2e'): Step => ({
  name,
  group: name,
  needsServers: name !== 'spec',
  run: async ({ folder, signal, jestArguments, serversFile }) => {
    const reportFile = join(folder, `${name}.json`);
    const limit = AbortSignal.timeout(tierMinutes[name] * 60_000);
    const report = ['--json', `--outputFile=${reportFile}`];
    const code = await runNode(
      [bin('jest/bin/jest.js'), '--selectProjects', name, ...report, ...jestArguments],
      {
        signal: AbortSignal.any([signal, limit]),
        // Nest 12 is made of ES modules, which Jest runs with this flag alone.
        env: {
          NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
          WAYBILL_TEST_SERVERS: serversFile,
          // Its nine lines about coming versions, once a test file.
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        },
      },
    );
    if (limit.aborted) return verdict(name, false, `not done after ${String(tierMinutes[name])} minutes`);
    return jestOutcome(name, await readFile(reportFile, 'utf8').catch(() => undefined), code === 0);
  },
});

/** All of `npm test`, in the order in which a mistake shows soonest. */
export const steps: readonly Step[] = [
  check('format', [bin('prettier/bin/prettier.cjs'), '--check', '.']),
  check('lint', [bin('eslint/bin/eslint.js'), '.']),
  check('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']),
  tier('spec'),
  check('build', [join('tools', 'setup', 'setup.mjs'), 'build'], 'e2e'),
  tier('int'),
  tier('e2e'),
];
