import type { DestinationDescriptor, SourceDescriptor } from '@waybill/contract';

/** The adapters that this app knows: what `type:` may say. */
export interface Descriptors {
  readonly sources: readonly SourceDescriptor[];
  readonly destinations: readonly DestinationDescriptor[];
}
