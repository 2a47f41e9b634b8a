import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppLog } from '../log/app-log.ts';
import { problemDocument } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Answers every error of an app as application/problem+json; tells the log what a client may not know. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(AppLog) private readonly log: AppLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const path = pathOf(request);
    const problem = problemOf(error, { method: request.method, path });
    const requestId = problem.options.extensions?.['requestId'];
    if (problem.status >= 500) {
      this.log.error(`${request.method} ${path} failed.`, problem.options.cause ?? error, { requestId });
    }
    // A stream that has begun can't turn into a document; cutting it tells the client that it is not whole.
    if (response.headersSent) return void response.destroy();
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(problem.status).type('application/problem+json');
    response.end(JSON.stringify(problemDocument(problem, path)));
  }
}

function pathOf(request: Request): string {
  return request.originalUrl.replace(/[?#].*$/s, '');
}
