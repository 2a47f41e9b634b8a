import { randomUUID } from 'node:crypto';
import { HttpException, NotFoundException } from '@nestjs/common';
import { ProblemError } from './problem.ts';

/** What a client may know of the request that failed. */
export interface FailedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** Whatever was thrown, as a problem for the client: our own sentences as they are, anything unknown without its contents. */
export function problemOf(error: unknown, request: FailedRequest): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof NotFoundException) {
    return new ProblemError(404, `There is no ${request.method} ${request.path} here.`, { cause: error });
  }
  const status = statusOf(error);
  if (status !== undefined && status < 500) {
    return new ProblemError(status, sentences[status] ?? 'The request was refused.', { cause: error });
  }
  const requestId = randomUUID();
  const detail = `The request failed inside Waybill; the log of this app holds the reason under request ${requestId}.`;
  return new ProblemError(status ?? 500, detail, { cause: error, extensions: { requestId } });
}

/** Sentences of our own for what the HTTP layer refuses; its own messages may quote the body. */
const sentences: Readonly<Record<number, string>> = {
  400: 'The request can’t be read: its body is no valid JSON, or its address is malformed.',
  401: 'This needs a valid API key: send it as "Authorization: Bearer <key>".',
  403: 'This API key may not do that.',
  413: 'The body is too large.',
  415: 'The body must be JSON in UTF-8 (Content-Type: application/json).',
};

/** Nest's exceptions, and the errors of body-parser and its like, which carry a status of their own. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null) return undefined;
  const status = 'status' in error ? error.status : 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined;
}
