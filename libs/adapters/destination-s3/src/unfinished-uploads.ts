import type { S3Store } from './s3-store.ts';

/** Uploads that this process began and could not abort, because the store was out of reach. */
export class UnfinishedUploads {
  private readonly left = new Map<string, { key: string; uploadId: string }[]>();

  remember(deliveryId: string, key: string, uploadId: string): void {
    this.left.set(deliveryId, [...(this.left.get(deliveryId) ?? []), { key, uploadId }]);
  }

  /** Aborts what earlier attempts of a delivery left. */
  async abortThoseOf(deliveryId: string, store: S3Store, signal: AbortSignal): Promise<void> {
    for (const { key, uploadId } of this.left.get(deliveryId) ?? []) await store.abort(key, uploadId, signal);
    this.left.delete(deliveryId);
  }
}
