import { reasonOf } from '@waybill/queue';
import { scrubText } from './scrub.ts';

/** An error as a log line holds it. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Messages of the causes, nearest first. */
  readonly causes?: readonly string[];
  readonly stack?: string;
}

const longestChain = 8;

/** What is known of a thrown value, without secrets. */
export function errorFields(error: unknown, withStack: boolean): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: scrubText(reasonOf(error)) };
  const { stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const causes = causesOf(error);
  return {
    type: error.name,
    message: scrubText(reasonOf(error)),
    ...(code === undefined ? {} : { code }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(withStack && stack !== undefined ? { stack: scrubText(stack) } : {}),
  };
}

function causesOf(error: Error): readonly string[] {
  const found: string[] = [];
  let cause = error.cause;
  while (cause !== undefined && cause !== null && found.length < longestChain) {
    found.push(scrubText(reasonOf(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return found;
}
