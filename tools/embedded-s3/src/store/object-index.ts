import { compareKeys, lowerBound } from './key-order.ts';
import type { Checksum } from '../checksum/algorithms.ts';

/** What a listing shows of an object. */
export interface ObjectSummary {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly checksum?: Checksum | undefined;
}

/** The objects of one bucket in listing order, in memory: some hundred bytes an object, read from the manifests at the start. */
export class ObjectIndex {
  private readonly summaries = new Map<string, ObjectSummary>();
  private sorted: string[] = [];

  /** Takes over everything at once. */
  fill(all: readonly ObjectSummary[]): void {
    for (const { key, size, etag, modified, checksum } of all) {
      this.summaries.set(key, { key, size, etag, modified, checksum });
    }
    this.sorted = [...this.summaries.keys()].sort(compareKeys);
  }

  has(key: string): boolean {
    return this.summaries.has(key);
  }

  get(key: string): ObjectSummary | undefined {
    return this.summaries.get(key);
  }

  set({ key, size, etag, modified, checksum }: ObjectSummary): void {
    if (!this.summaries.has(key)) this.sorted.splice(lowerBound(this.sorted, key), 0, key);
    this.summaries.set(key, { key, size, etag, modified, checksum });
  }

  delete(key: string): void {
    if (this.summaries.delete(key)) this.sorted.splice(lowerBound(this.sorted, key), 1);
  }

  /** Keys in listing order. Not to be kept over an await. */
  get keys(): readonly string[] {
    return this.sorted;
  }
}
