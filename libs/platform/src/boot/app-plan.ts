import type { DynamicModule, INestApplication, Type } from '@nestjs/common';

/** What an app is made of, once its environment and configuration were read. */
export interface AppPlan {
  readonly module: Type | DynamicModule;
  /** 0: any free one. */
  readonly port: number;
  /** Default 127.0.0.1: an app is open to other machines only when it is told so. */
  readonly host?: string | undefined;
  /**
   * Resolves when the app may work on its database. An error with an `exitCode` (a schema too old) ends the app; any other
   * counts as "away", now and later, and makes the app not ready.
   */
  readonly database: () => Promise<void>;
  /** What to do while the database is away at the start: `exit` after a minute (cloud), or `wait` (edge; design 2.8). */
  readonly databasePatience: 'exit' | 'wait';
  /** Settings on the Nest app before it listens, such as static files. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
  /** Begins the work: claim loops, schedules. Called once, when the database was reached. */
  readonly begin?: (app: INestApplication) => void | Promise<void>;
  /** Called last at the stop, when every module of the app is closed: the place to end the database's pool. */
  readonly end?: () => void | Promise<void>;
}
