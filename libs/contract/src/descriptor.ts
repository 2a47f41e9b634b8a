import type { z } from 'zod';
import type { DestinationAdapter } from './destination-adapter.ts';
import type { SecretRef } from './secret-ref.ts';
import type { SourceAdapter } from './source-adapter.ts';

/** What the app gives an adapter beside its configuration. */
export interface AdapterContext {
  /** The source's or destination's name in the configuration: what messages call it. */
  readonly name: string;
  /** The value behind a reference; throws one sentence when the variable or file is not there. Keep the value no longer than needed. */
  reveal(ref: SecretRef): string;
}

interface Descriptor<Config extends z.ZodType, Adapter> {
  /** The word behind `type:` in waybill.yaml. */
  readonly kind: string;
  /** For docs and the dashboard. */
  readonly title: string;
  /** Strict schema of the keys that this adapter adds to `name` and `type`. */
  readonly config: Config;
  /** Does no I/O. */
  create(config: z.output<Config>, context: AdapterContext): Adapter;
}

/** What a source package exports: one value. */
export type SourceDescriptor<Config extends z.ZodType = z.ZodType> = Descriptor<Config, SourceAdapter>;

/** What a destination package exports: one value. */
export type DestinationDescriptor<Config extends z.ZodType = z.ZodType> = Descriptor<
  Config,
  DestinationAdapter
>;
