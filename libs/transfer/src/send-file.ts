import { setMaxListeners } from 'node:events';
import { isSinglePut, partsOf } from '@waybill/domain';
import { combineCrc32, UploadGoneError } from '@waybill/landing';
import { DigestPass } from './digest-pass.ts';
import { earlierParts, openUpload } from './open-upload.ts';
import { ProgressCount } from './progress-count.ts';
import type { SendFileInput, SentFile, UploadState } from './send-file-input.ts';
import { sendParts } from './send-parts.ts';
import { sendWhole } from './send-whole.ts';

/**
 * Brings one file to the landing: reads it once through its handle, in order, within the pool's budget; resolves when the
 * store confirmed every byte and the journal is written. Continues the upload that is given. Rejects with an
 * AdapterError, or with the signal's reason when that aborted; then nothing of this file runs any more and what was
 * confirmed is in the journal or will be found by ListParts. A file that ends before `size`: `source-changed`, and no
 * object was made of it.
 */
export async function sendFile(input: SendFileInput): Promise<SentFile> {
  // One stop signal is heard by all files that move; Node takes more than ten listeners for a leak.
  setMaxListeners(0, input.signal);
  const progress = new ProgressCount(input.onProgress);
  const single = input.upload.uploadId === undefined && isSinglePut(input.size, input.plan.partSize);
  let sent: SentFile;
  try {
    sent = await (single ? sendWhole(input, progress) : sendMultipart(input, progress));
  } catch (error) {
    // What was confirmed stays confirmed; if it cannot be written now, ListParts finds it again.
    await Promise.allSettled([input.journal.flush()]);
    input.signal.throwIfAborted();
    throw error;
  }
  await input.journal.flush();
  return sent;
}

async function sendMultipart(input: SendFileInput, progress: ProgressCount): Promise<SentFile> {
  try {
    return await sendThrough(input, input.upload, progress);
  } catch (error) {
    // Once: an upload that vanishes again while it is fed is for the asset's due times.
    if (!(error instanceof UploadGoneError)) throw error;
    const { token } = await input.journal.gone(error.uploadId);
    progress.restart();
    return await sendThrough(input, { key: input.upload.key, token, parts: [] }, progress);
  }
}

/** One pass over the file into one upload. */
async function sendThrough(
  input: SendFileInput,
  upload: UploadState,
  progress: ProgressCount,
): Promise<SentFile> {
  const earlier = await earlierParts(input, upload);
  const uploadId = upload.uploadId ?? (await openUpload(input, upload.token));
  const pass = await DigestPass.start(false);
  try {
    const run = { input, uploadId, earlier, pass, progress };
    const { rows, proofLevel } = await sendParts(run, partsOf(input.plan, input.size));
    return {
      size: input.size,
      ...pass.end(),
      crc32: combineCrc32(rows),
      via: 'multipart',
      parts: rows,
      uploadId,
      token: upload.token,
      proofLevel,
      bytesUploaded: progress.bytesUploaded,
    };
  } finally {
    pass.dispose();
  }
}
