export { destinationsOf, sourcesOf } from './configured-adapters.ts';
export type { ConfiguredAdapter } from './configured-adapters.ts';
export type {
  Config,
  DeliveryStep,
  DestinationConfig,
  FinalizerConfig,
  LandingConfig,
  RouteConfig,
  SourceConfig,
} from './config.ts';
export { ConfigError } from './config-error.ts';
export type { Descriptors } from './descriptors.ts';
export { loadEnvironment } from './environment.ts';
export type { Environment } from './environment.ts';
export { jsonSchema } from './json-schema.ts';
export { landingSettings } from './landing-access.ts';
export { loadConfig } from './load-config.ts';
export { createReveal } from './reveal.ts';
export { Secret } from './secret.ts';
