import { UploadGoneError } from '@waybill/landing';
import { EarlierParts } from './earlier-parts.ts';
import { withAttempts } from './part-attempts.ts';
import type { SendFileInput, UploadState } from './send-file-input.ts';

/** What of a transfer the life of its upload depends on. */
type UploadInput = Pick<SendFileInput, 'landing' | 'journal' | 'upload' | 'contentType' | 'signal'>;

/** What the store holds of the upload that goes on; rejects with UploadGoneError when it forgot it. */
export async function earlierParts(input: UploadInput, upload: UploadState): Promise<EarlierParts> {
  const { key, uploadId } = upload;
  if (uploadId === undefined) return new EarlierParts([], []);
  const listing = await withAttempts(
    () => input.landing.listParts({ key, uploadId }, input.signal),
    input.signal,
  );
  if (listing.outcome === 'listed') return new EarlierParts(upload.parts, listing.parts);
  throw new UploadGoneError(
    uploadId,
    `${input.landing.description} no longer knows the multipart upload of ${key}: Waybill opens another.`,
  );
}

/** A new multipart upload: its intent is committed before, its id after the store hears of it. */
export async function openUpload(input: UploadInput, token: string): Promise<string> {
  const { contentType, signal } = input;
  const { key } = input.upload;
  await input.journal.intent({ key, token, kind: 'multipart' });
  const { uploadId } = await withAttempts(
    () => input.landing.begin({ key, token, contentType, signal }),
    signal,
  );
  await input.journal.opened(uploadId);
  return uploadId;
}
