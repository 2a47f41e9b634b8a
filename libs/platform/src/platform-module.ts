import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HealthController } from './health/health-controller.ts';
import { Readiness } from './health/readiness.ts';
import { ProblemFilter } from './http/problem-filter.ts';
import { AppLog } from './log/app-log.ts';
import { MetricsController } from './metrics/metrics-controller.ts';
import { Metrics } from './metrics/metrics.ts';

export interface PlatformOptions {
  /** The app's name, in metrics. */
  readonly name: string;
  /** The app's own module. */
  readonly app: Type | DynamicModule;
  readonly log: AppLog;
  readonly readiness?: Readiness;
}

/** The root of every app: health, metrics and problem documents around the app's own module. Inject AppLog, Readiness, Metrics. */
@Module({})
export class PlatformModule {
  static forRoot({ name, app, log, readiness = new Readiness() }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [app],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: AppLog, useValue: log },
        { provide: Readiness, useValue: readiness },
        { provide: Metrics, useFactory: () => new Metrics(name) },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [AppLog, Readiness, Metrics],
    };
  }
}
