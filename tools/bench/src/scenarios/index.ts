import { largeFile } from './large-file.ts';
import type { Scenario } from './scenario.ts';
import { smallFiles } from './small-files.ts';

/** All scenarios, in the order in which they run. Another one is a file beside these and a line here. */
export const scenarios: readonly Scenario[] = [largeFile, smallFiles];
