import { AdapterError } from '@waybill/contract';
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
  try {
    for await (const upload of landing.listUploads(key, signal)) {
      if (upload.key === key && upload.uploadId !== keep) await landing.abort(upload, signal);
    }
  } catch (error) {
    // A store that can't list uploads, or may not be asked to, keeps its litter; the file goes up all the same.
    if (!(error instanceof AdapterError) || error.consequence !== 'operator') throw error;
  }
}
