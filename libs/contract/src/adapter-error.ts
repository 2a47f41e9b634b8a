/**
 * What a failed call to an adapter means for the file.
 *
 * - `later`: the far side is in a passing condition; the same call may succeed later.
 * - `rescan`: the source changed under the call; list it again before anything else is decided.
 * - `operator`: a person has to repair something first; a retry after that may succeed.
 * - `never`: this call can never succeed; the file as it is stays refused.
 */
export type ErrorConsequence = 'later' | 'rescan' | 'operator' | 'never';

interface ErrorRule {
  readonly consequence: ErrorConsequence;
  /** The next step for a person, one sentence. */
  readonly nextStep: string;
}

/** The one table from error code to what is done about it. docs/errors.md is held equal to it by a test. */
export const errorTable = {
  unreachable: {
    consequence: 'later',
    nextStep: 'Waybill tries again by itself; check the network and that the far side is running.',
  },
  throttled: { consequence: 'later', nextStep: 'Waybill tries again by itself, more slowly.' },
  'content-failed': {
    consequence: 'later',
    nextStep: 'Waybill reads the content again by itself; check the disk or store it comes from.',
  },
  'source-changed': {
    consequence: 'rescan',
    nextStep: 'Waybill lists the source again and takes the file as it is now.',
  },
  missing: {
    consequence: 'operator',
    nextStep: 'Put the file or object back under its name and retry, or abort the asset.',
  },
  'content-mismatch': {
    consequence: 'later',
    nextStep:
      'Waybill sends the bytes again by itself; if it repeats, check memory, disk and network of both machines.',
  },
  conflict: {
    consequence: 'operator',
    nextStep: 'Other bytes stand under that name: move them away, or allow overwriting, and retry.',
  },
  unauthorized: {
    consequence: 'operator',
    nextStep: 'Correct the credentials, permissions or host keys in the configuration and retry.',
  },
  'out-of-space': {
    consequence: 'later',
    nextStep: 'Free space on the far side; Waybill tries again by itself.',
  },
  rejected: {
    consequence: 'operator',
    nextStep: 'Read the reason, change the configuration or the file, and retry.',
  },
} as const satisfies Record<string, ErrorRule>;

export type AdapterErrorCode = keyof typeof errorTable;

/**
 * The only error that adapters and the landing throw for what a far side did.
 * `message` is one sentence for a person that names the thing and the reason; it never holds a secret.
 */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
  /** Milliseconds the far side asked us to wait, where it said so. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: AdapterErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfter?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }

  get consequence(): ErrorConsequence {
    return errorTable[this.code].consequence;
  }

  get nextStep(): string {
    return errorTable[this.code].nextStep;
  }
}

/** True for codes of the table, so that a code read from a row can be trusted before it is used as one. */
export function isAdapterErrorCode(code: string): code is AdapterErrorCode {
  return Object.hasOwn(errorTable, code);
}
