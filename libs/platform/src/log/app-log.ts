import { pino, type DestinationStream, type Logger } from 'pino';
import { errorFields } from './error-fields.ts';
import { scrubFields, scrubText } from './scrub.ts';

/** Ids and figures beside the sentence: `assetId`, `deliveryId`, `source`, `destination`, bytes, milliseconds. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface AppLogOptions {
  /** Which app writes. */
  readonly app: string;
  /** Default `info`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** Default stdout. */
  readonly destination?: DestinationStream;
}

/**
 * The log of one app: a JSON line each with time, level, app, msg and ids. A sentence is for a person; an error comes with
 * the messages of its causes, from `error` on with its stack. Secrets are masked whoever wrote them.
 */
export class AppLog {
  private constructor(private readonly logger: Logger) {}

  static create(options: AppLogOptions): AppLog {
    // Written at once and without a worker thread: the last line before an exit counts most, and apps are bundles.
    const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
    const logger = pino(
      {
        level: options.level ?? 'info',
        base: { app: options.app },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: label => ({ level: label }) },
      },
      destination,
    );
    return new AppLog(logger);
  }

  /** A log whose every line carries these fields. */
  with(fields: LogFields): AppLog {
    return new AppLog(this.logger.child(scrubFields(fields) as LogFields));
  }

  debug(sentence: string, fields: LogFields = {}): void {
    if (this.logger.isLevelEnabled('debug')) this.write('debug', sentence, fields);
  }

  info(sentence: string, fields: LogFields = {}): void {
    this.write('info', sentence, fields);
  }

  warn(sentence: string, error?: unknown, fields: LogFields = {}): void {
    this.write('warn', sentence, fields, error, false);
  }

  error(sentence: string, error?: unknown, fields: LogFields = {}): void {
    this.write('error', sentence, fields, error, true);
  }

  /** The process ends after this line. */
  fatal(sentence: string, error?: unknown, fields: LogFields = {}): void {
    this.write('fatal', sentence, fields, error, true);
  }

  private write(
    level: 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    sentence: string,
    fields: LogFields,
    error?: unknown,
    withStack = false,
  ): void {
    const cause = error === undefined ? {} : { error: errorFields(error, withStack) };
    this.logger[level]({ ...(scrubFields(fields) as LogFields), ...cause }, scrubText(sentence));
  }
}
