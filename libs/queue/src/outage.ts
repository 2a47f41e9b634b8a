/** Where the long-running parts of this package say what a person should know. `error` is the cause, kept whole. */
export interface OutageLog {
  info(sentence: string): void;
  warn(sentence: string, error?: unknown): void;
}

/** Sentences for the two ends of an outage. */
export interface OutageSentences {
  began(reason: string): string;
  ended(seconds: number): string;
}

/**
 * Something that is away and comes back: says so once when it goes and once when it returns, however often it is asked
 * in between. Never throws, so that a broken log can't stop the loop that reports to it.
 */
export class Outage {
  private since: number | undefined;

  constructor(
    private readonly log: OutageLog,
    private readonly sentences: OutageSentences,
  ) {}

  get lasts(): boolean {
    return this.since !== undefined;
  }

  failed(error: unknown): void {
    if (this.since !== undefined) return;
    this.since = performance.now();
    quietly(() => this.log.warn(this.sentences.began(reasonOf(error)), error));
  }

  recovered(): void {
    if (this.since === undefined) return;
    const seconds = Math.round((performance.now() - this.since) / 1000);
    this.since = undefined;
    quietly(() => this.log.info(this.sentences.ended(seconds)));
  }
}

/**
 * Why, in one line: the message of an error, also of those that carry it elsewhere (AggregateError of a refused
 * dual-stack connect) or over several lines (Prisma).
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) {
    return reasonOf(error.errors[0]);
  }
  const text = messageOf(error) ?? String(error);
  const line = withoutWrapping(text.replace(/\s+/g, ' ').trim()).replace(/\.$/, '');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** Prisma puts the database's own words into a sentence about its call, which tells a person nothing. */
function withoutWrapping(line: string): string {
  return /^Invalid `[^`]+` invocation\b.*?\bMessage: `(.+)`$/.exec(line)?.[1] ?? line;
}

/** By shape and not by class: errors also come from other realms, and from drivers that only look like one. */
function messageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  if (typeof error.message === 'string' && error.message !== '') return error.message;
  return 'name' in error && typeof error.name === 'string' ? error.name : undefined;
}

/** Runs a reporting callback of somebody else; what it throws goes to stderr's warning channel, not up the loop. */
export function quietly(report: () => void): void {
  try {
    report();
  } catch (error) {
    process.emitWarning(`A report could not be made: ${reasonOf(error)}`, 'WaybillReport');
  }
}
