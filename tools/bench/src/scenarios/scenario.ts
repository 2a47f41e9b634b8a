import type { FileSet } from '../file-set.ts';
import type { BenchOptions } from '../options.ts';

/** One kind of work that all sides do. */
export interface Scenario {
  readonly name: string;
  /** What the table calls it. */
  title(options: BenchOptions): string;
  /** Makes the files in a new folder of this name. */
  prepare(folder: string, options: BenchOptions): Promise<FileSet>;
}
