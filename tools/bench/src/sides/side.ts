import type { BenchServers } from '../bench-servers.ts';
import type { FileSet } from '../file-set.ts';
import type { Figures } from '../measure/figures.ts';

/** One upload that a side is asked for. */
export interface Task {
  readonly files: FileSet;
  /** Exists and is empty. */
  readonly bucket: string;
  readonly servers: BenchServers;
  /** For whatever this run writes beside; removed after it. On the same file system as the files. */
  readonly folder: string;
  /** Where CPU profiles of Waybill's apps go, if anywhere. */
  readonly profile: string | undefined;
  readonly signal: AbortSignal;
}

/** Whoever brings files to the store. */
export interface Side {
  readonly name: string;
  /**
   * `peer`: another program that people use for this. `floor`: a bare loop that keeps no state. `waybill`: the leg that is
   * compared. `line`: more work than the others do, shown beside them.
   */
  readonly kind: 'peer' | 'floor' | 'waybill' | 'line';
  /** Below which key prefix the files arrive. */
  readonly prefix: string;
  /** Whether it can run here: its version, or why not. */
  find(): Promise<Found>;
  /** Brings every file to the bucket; resolves with what that cost. */
  upload(task: Task): Promise<Figures>;
}

export type Found = { readonly version: string } | { readonly missing: string };
