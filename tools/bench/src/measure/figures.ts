/** What one run of one side cost. */
export interface Figures {
  /** Seconds on the wall clock, by the clock that the side states. */
  readonly wall: number;
  /** User and system seconds of the processor, over the side's whole process tree. */
  readonly cpu: number;
  /** Bytes of memory at the peak, all processes of the side together. */
  readonly peak: number;
  /** Further figures worth knowing, by name: seconds, such as `fromDrop`, or bytes where the name ends in `Peak`. */
  readonly more: Readonly<Record<string, number>>;
}

/** The middle value; with an even count the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of no values.');
  return (lower + upper) / 2;
}

/** The median of each figure by itself. */
export function medianFigures(runs: readonly Figures[]): Figures {
  const names = new Set(runs.flatMap(run => Object.keys(run.more)));
  return {
    wall: median(runs.map(run => run.wall)),
    cpu: median(runs.map(run => run.cpu)),
    peak: median(runs.map(run => run.peak)),
    more: Object.fromEntries(
      [...names].map(name => [
        name,
        median(runs.map(run => run.more[name]).filter(value => value !== undefined)),
      ]),
    ),
  };
}
