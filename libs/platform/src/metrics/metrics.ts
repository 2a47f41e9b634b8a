import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of one app; features register theirs in `registry`. Process figures and event-loop lag are there from the start. */
export class Metrics {
  readonly registry = new Registry();

  constructor(app: string) {
    this.registry.setDefaultLabels({ app });
    collectDefaultMetrics({ register: this.registry });
  }
}
