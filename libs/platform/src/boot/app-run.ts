import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { reasonOf } from '@waybill/queue';
import { Readiness } from '../health/readiness.ts';
import type { AppLog } from '../log/app-log.ts';
import { NestLog } from '../log/nest-log.ts';
import { PlatformModule } from '../platform-module.ts';
import type { AppPlan } from './app-plan.ts';
import { waitForDatabase } from './database-patience.ts';
import { listenError, refusesStart } from './start-refusal.ts';

const defaultHost = '127.0.0.1';

/** One life of an app: listens first, so that it can tell how it is; works when the database is there; stops in order. */
export class AppRun {
  private readonly stopping = new AbortController();
  private readonly readiness = new Readiness();
  private app: INestApplication | undefined;
  private plan: AppPlan | undefined;
  private began = false;

  constructor(
    readonly name: string,
    private readonly log: AppLog,
  ) {}

  /** Resolves when the app is at work; rejects with what refuses the start, or when it was stopped meanwhile. */
  async start(plan: AppPlan): Promise<void> {
    this.plan = plan;
    this.addChecks(plan);
    const app = await NestFactory.create(
      PlatformModule.forRoot({ name: this.name, app: plan.module, log: this.log, readiness: this.readiness }),
      { logger: new NestLog(this.log), abortOnError: false, forceCloseConnections: true },
    );
    this.app = app;
    await plan.configure?.(app);
    const url = await this.listen(app, plan);
    await waitForDatabase({
      app: this.name,
      check: plan.database,
      patience: plan.databasePatience,
      log: this.log,
      signal: this.stopping.signal,
    });
    await plan.begin?.(app);
    this.stopping.signal.throwIfAborted();
    this.began = true;
    this.log.info(`${this.name} is at work.`, { url });
  }

  /** Not ready from now on; ends the work, the connections and what the plan ends. Repeatable. */
  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort(new Error(`${this.name} is stopping.`));
    await this.app?.close();
    await this.plan?.end?.();
  }

  private addChecks(plan: AppPlan): void {
    this.readiness.add('database', async () => {
      try {
        await plan.database();
      } catch (error) {
        if (refusesStart(error)) throw error;
        throw new Error(`The database can't be reached (${reasonOf(error)}); check that Postgres runs`, {
          cause: error,
        });
      }
    });
    this.readiness.add('work', () => {
      if (this.stopping.signal.aborted) throw new Error('The app is stopping');
      if (!this.began) throw new Error('The work has not begun: the app waits for its database');
    });
  }

  private async listen(app: INestApplication, plan: AppPlan): Promise<string> {
    const host = plan.host ?? defaultHost;
    try {
      await app.listen(plan.port, host);
    } catch (error) {
      throw listenError(error, host, plan.port);
    }
    const url = await app.getUrl();
    this.log.info(`${this.name} listens on ${url}.`, { url });
    return url;
  }
}
