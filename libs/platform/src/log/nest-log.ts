import type { LoggerService } from '@nestjs/common';
import type { AppLog } from './app-log.ts';

/** Nest's own chatter at start-up, and errors that runApp tells in one sentence of its own. */
const quietContexts = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'ExceptionHandler',
]);

/** Lets Nest, and libraries that use its Logger, write into the app's log. */
export class NestLog implements LoggerService {
  constructor(private readonly log_: AppLog) {}

  log(message: unknown, ...rest: unknown[]): void {
    const { context, error } = split(rest);
    if (context !== undefined && quietContexts.has(context)) this.log_.debug(textOf(message), { context });
    else this.log_.info(textOf(message), { context, ...(error === undefined ? {} : { detail: error }) });
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.log_.debug(textOf(message), { context: split(rest).context });
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    const { context, error } = split(rest);
    this.log_.warn(textOf(message), error, { context });
  }

  error(message: unknown, ...rest: unknown[]): void {
    const { context, error } = split(rest);
    const cause = message instanceof Error ? message : error;
    if (context !== undefined && quietContexts.has(context)) this.log_.debug(textOf(message), { context });
    else this.log_.error(textOf(message), cause, { context });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest passes what belongs to a message before its context, which is the last text. */
function split(rest: readonly unknown[]): { readonly context?: string; readonly error?: unknown } {
  const last = rest.at(-1);
  if (typeof last !== 'string') return rest.length === 0 ? {} : { error: rest[0] };
  return rest.length > 1 && rest[0] !== undefined ? { context: last, error: rest[0] } : { context: last };
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
