import { STATUS_CODES } from 'node:http';

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Path in the body or query: `from`, `files[2].filename`; empty: the whole. */
  readonly field: string;
  readonly message: string;
}

/** An answer of type application/problem+json (RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path that was asked for, without its query. */
  readonly instance: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export interface ProblemOptions {
  /** A URI that names the kind of problem; default `about:blank`: the status says it all. */
  readonly type?: string;
  readonly title?: string;
  readonly errors?: readonly FieldError[];
  /** Further members of the document, such as `code` and `nextStep`. No secrets. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Thrown by a controller: the client is told exactly this. `detail` is a sentence with thing, reason and next step. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The document of a problem. */
export function problemDocument(error: ProblemError, instance: string): ProblemDocument {
  const { type, title, errors, extensions } = error.options;
  return {
    ...extensions,
    type: type ?? 'about:blank',
    title: title ?? STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    instance,
    ...(errors === undefined ? {} : { errors }),
  };
}
