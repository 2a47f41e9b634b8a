import type { Step } from './steps.ts';

export interface Options {
  /** The groups to run; all of them when empty. */
  readonly only: readonly Step['group'][];
  readonly jestArguments: readonly string[];
}

const groups: readonly Step['group'][] = ['check', 'spec', 'int', 'e2e'];

/** Reads `[--only check|spec|int|e2e]… [arguments for Jest]`. Throws one sentence for a group that does not exist. */
export function readOptions(args: readonly string[]): Options {
  const only: Step['group'][] = [];
  const jestArguments: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument !== '--only') {
      if (argument !== '--') jestArguments.push(argument);
      continue;
    }
    index += 1;
    const wanted = args[index];
    const group = groups.find(name => name === wanted);
    if (group === undefined)
      throw new Error(`--only takes ${groups.join(', ')}; "${wanted ?? ''}" is none of them.`);
    only.push(group);
  }
  return { only, jestArguments };
}
