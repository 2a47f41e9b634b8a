export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that was started. */
export interface Launched {
  readonly pid: number;
  /** Settles when it ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** Why it ended, in its own words; empty when it said nothing. */
  readonly lastWords: () => string;
  /** Ends it and what it started: its stop signal, then SIGKILL. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** `exit code 1` or `SIGKILL`, for sentences. */
export const exitText = ({ code, signal }: Exit): string => signal ?? `exit code ${code ?? 'unknown'}`;
