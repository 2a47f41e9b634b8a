import type { DestinationAdapter, SourceAdapter } from '@waybill/contract';
import type { Config, DestinationConfig, SourceConfig } from './config.ts';

/** A configured source or destination whose adapter is made when it is first asked for, once. */
export interface ConfiguredAdapter<Settings, Adapter> {
  readonly name: string;
  readonly config: Settings;
  readonly adapter: () => Adapter;
}

/** For an edge: its sources. Makes nothing, so that an app resolves only the secrets of what it uses. */
export function sourcesOf(config: Config): readonly ConfiguredAdapter<SourceConfig, SourceAdapter>[] {
  return config.sources.map(entry => lazily(entry));
}

/** For the delivery service: its destinations. */
export function destinationsOf(
  config: Config,
): readonly ConfiguredAdapter<DestinationConfig, DestinationAdapter>[] {
  return config.destinations.map(entry => lazily(entry));
}

function lazily<Adapter, Settings extends { readonly name: string; create(): Adapter }>(
  config: Settings & { create(): Adapter },
): ConfiguredAdapter<Settings, Adapter> {
  let adapter: Adapter | undefined;
  return { name: config.name, config, adapter: () => (adapter ??= config.create()) };
}
