import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findRoute } from './find-route.ts';
import { answer } from './http/exchange.ts';
import { readRequest } from './http/s3-request.ts';
import { errorDocument, text } from './http/xml.ts';
import { refuseUnservedHeaders } from './refuse-headers.ts';
import { S3Error } from './s3-error.ts';
import { authorize } from './signature/authorize.ts';
import type { Account } from './signature/authorize.ts';
import { instanceHeader } from './store/owner.ts';
import type { Store } from './store/open-store.ts';

export interface Service {
  readonly account: Account;
  readonly store: Store;
  /** Names this running server in every answer. */
  readonly instance: string;
  /** Told of failures that are ours, one line each. */
  readonly onFailure: (message: string) => void;
}

/** Answers one request, whatever happens. */
export async function serveRequest(
  service: Service,
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader(instanceHeader, service.instance);
  try {
    const request = readRequest(message);
    const authorization = authorize(request, service.account, new Date());
    const { operation } = findRoute(request);
    refuseUnservedHeaders(request);
    if (expectsContinue) response.writeContinue();
    const { store, account } = service;
    await operation({ request, authorization, response, store, region: account.region });
  } catch (error) {
    answerError(service, message, response, requestId, error);
  }
}

function answerError(
  service: Service,
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  error: unknown,
): void {
  // The client is gone: nobody to tell, and nothing of its request was kept.
  if (message.errored !== null || response.destroyed) return;
  const known = error instanceof S3Error ? error : undefined;
  if (known === undefined) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    service.onFailure(`${message.method ?? ''} request ${requestId} failed: ${reason}`);
  }
  if (response.headersSent) {
    // The promised bytes cannot be given: only a cut connection says so.
    response.destroy();
    return;
  }
  const told =
    known ??
    new S3Error(
      'InternalError',
      isOutOfSpace(error)
        ? 'The disk of the embedded S3 server is full: free space and try again.'
        : 'The embedded S3 server failed; its log says why. Try again.',
    );
  const xml = errorDocument(
    text('Code', told.code),
    text('Message', told.message),
    ...Object.entries(told.details).map(([name, value]) => text(name, value)),
    text('Resource', (message.url ?? '').split('?')[0]),
    text('RequestId', requestId),
  );
  answer({ response }, told.status, { 'content-type': 'application/xml' }, xml);
}

const isOutOfSpace = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
