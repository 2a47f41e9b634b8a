import type { FinalizerLanding } from '@waybill/landing';

/** The landing's view of open uploads. */
export type OpenUploads = Pick<FinalizerLanding, 'listUploads' | 'abort'>;

/**
 * Aborts what earlier attempts left open under an asset's key, but for the upload that goes on. The key is reserved for
 * this asset alone, so an upload there that no row names was begun by a process that died before it heard the answer:
 * its parts would be paid for and never seen.
 */
export async function abortEarlierUploads(
  landing: OpenUploads,
  key: string,
  keep: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  for await (const upload of landing.listUploads(key, signal)) {
    if (upload.key === key && upload.uploadId !== keep) await landing.abort(upload, signal);
  }
}
