import { sourcesOf, type Config } from '@waybill/config';
import { defaultPartSize } from '@waybill/domain';
import type { EdgeSource } from '@waybill/ingest';

/** The configured sources as the ingest takes them, each with its route. */
export function edgeSources(config: Config): readonly EdgeSource[] {
  return sourcesOf(config).map(({ name, config: source, adapter }) => {
    const route = config.routes.find(candidate => candidate.from === name);
    if (route === undefined) throw new Error(`the source ${name} has no route`);
    return {
      name,
      adapter: adapter(),
      scanEveryMs: source.scanEveryMs,
      idleMs: source.idleMs,
      streamFrom: source.growing ? (config.landing.partSize ?? defaultPartSize) : undefined,
      key: route.key,
      route: {
        deliver: route.deliver.map(({ to, directory, after }) => ({
          to,
          after,
          ...(directory === undefined ? {} : { directory }),
        })),
        metadata: route.metadata,
        deliverIncomplete: route.deliverIncomplete,
      },
    };
  });
}
