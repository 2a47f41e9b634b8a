import 'reflect-metadata';
import { AppLog, type AppLogOptions } from '../log/app-log.ts';
import type { AppPlan } from './app-plan.ts';
import { nodeProcess, type AppProcess } from './app-process.ts';
import { AppRun } from './app-run.ts';
import { startRefusal } from './start-refusal.ts';

export interface AppOptions {
  readonly name: string;
  /** Reads environment and configuration and says what to run. What it throws refuses the start. */
  readonly plan: (log: AppLog) => Promise<AppPlan> | AppPlan;
  readonly logLevel?: AppLogOptions['level'];
  /** Milliseconds that an orderly stop may take. Default 15 s: a supervisor gives all apps 20 s. */
  readonly stopWithinMs?: number;
}

/**
 * Runs one app until SIGTERM, SIGINT or SIGHUP. Exit codes: 0 stopped in order; 1 a start that failed, a stop that took
 * too long, or an error that nobody caught (one log line, then the end: the state is in Postgres); an error's own
 * `exitCode` (78) when configuration or schema refuse the start, with its one sentence on stderr.
 */
export async function runApp(options: AppOptions, surroundings: AppProcess = nodeProcess): Promise<void> {
  const { name, plan, logLevel, stopWithinMs = 15_000 } = options;
  const log = AppLog.create({ app: name, ...(logLevel === undefined ? {} : { level: logLevel }) });
  const run = new AppRun(name, log);
  let stopped: Promise<void> | undefined;
  surroundings.onFatal((error, kind) => {
    log.fatal(`${name} ends after an error that nobody caught (${kind}).`, error);
    surroundings.exit(1);
  });
  surroundings.onSignal(signal => {
    // Ctrl-C reaches the whole process group, and a supervisor signals once more: both mean the same stop.
    stopped ??= stop(run, stopWithinMs, log.with({ signal })).then(code => surroundings.exit(code));
  });
  try {
    await run.start(await plan(log));
  } catch (error) {
    if (stopped !== undefined) return stopped;
    const { sentence, exitCode } = startRefusal(name, error);
    log.fatal(sentence, error);
    surroundings.tell(sentence);
    await bounded(run.stop(), 5_000).catch((failure: unknown) => {
      log.warn(`${name} did not end in order.`, failure);
    });
    surroundings.exit(exitCode);
  }
}

async function stop(run: AppRun, stopMs: number, log: AppLog): Promise<number> {
  const { name } = run;
  log.info(`${name} is stopping.`);
  try {
    if (await bounded(run.stop(), stopMs)) {
      log.info(`${name} has stopped.`);
      return 0;
    }
    log.warn(
      `${name} did not stop within ${stopMs / 1000} s and is ended; its leases run out by themselves.`,
    );
  } catch (error) {
    log.error(`${name} did not stop in order; its leases run out by themselves.`, error);
  }
  return 1;
}

/** True when it settled in time. */
async function bounded(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
