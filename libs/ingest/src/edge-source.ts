import type { SourceAdapter } from '@waybill/contract';
import type { KeyTemplate } from '@waybill/domain';
import type { FrozenRoute } from '@waybill/state';

/** A source of this edge with what its configuration and route say. */
export interface EdgeSource {
  readonly name: string;
  readonly adapter: SourceAdapter;
  /** Milliseconds between two listings that nothing asked for. */
  readonly scanEveryMs: number;
  /** How long a file must stand still to count as finished, in milliseconds; undefined: the source itself says so. */
  readonly idleMs: number | undefined;
  /** Bytes from which on a file is sent while it grows; undefined: files are read when they are finished. */
  readonly streamFrom?: number | undefined;
  readonly key: KeyTemplate;
  /** Frozen in every asset that is discovered from now on. */
  readonly route: FrozenRoute;
}

/** Where an edge's sentences go. */
export interface EdgeLog {
  info(sentence: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(sentence: string, error?: unknown, facts?: Readonly<Record<string, unknown>>): void;
}
