import { setMaxListeners } from 'node:events';
import { UploadGoneError } from '@waybill/landing';
import { DigestPass } from './digest-pass.ts';
import { firstUnsent, grownParts, type GrowingFile } from './grown-parts.ts';
import { earlierParts, openUpload } from './open-upload.ts';
import { ProgressCount } from './progress-count.ts';
import type { SendFileInput, UploadState } from './send-file-input.ts';
import { sendParts } from './send-parts.ts';
import type { JournalPart } from './upload-journal.ts';

export interface GrowingInput extends Omit<SendFileInput, 'size' | 'replace'> {
  /** Looked at through the same handle. */
  readonly file: GrowingFile;
}

/**
 * Sends the full parts of a growing file as they appear, until it stops growing. What was confirmed before is not read:
 * sendFile reads the whole file once more when it stands still, compares every part, and sends the tail and what changed.
 * Resolves with the upload in the form that sendFile and the next call continue from; an upload that the store forgot is
 * begun anew from the first byte. Rejects as sendFile; what was confirmed is then in the journal or will be found by ListParts.
 */
export async function sendAsItGrows(input: GrowingInput): Promise<UploadState> {
  setMaxListeners(0, input.signal);
  const progress = new ProgressCount(input.onProgress);
  try {
    return await sendThrough(input, input.upload, progress);
  } catch (error) {
    await Promise.allSettled([input.journal.flush()]);
    input.signal.throwIfAborted();
    if (!(error instanceof UploadGoneError)) throw error;
    const { token } = await input.journal.gone(error.uploadId);
    progress.restart();
    return await sendThrough(input, { key: input.upload.key, token, parts: [] }, progress);
  }
}

async function sendThrough(
  input: GrowingInput,
  upload: UploadState,
  progress: ProgressCount,
): Promise<UploadState> {
  const earlier = await earlierParts(input, upload);
  const uploadId = upload.uploadId ?? (await openUpload(input, upload.token));
  const first = firstUnsent(input.plan, upload.parts);
  const known = upload.parts.filter(row => row.number < first);
  known.forEach(row => {
    progress.read(row.size);
    progress.sent(row.size, false);
  });
  const pass = await DigestPass.start(false);
  try {
    const parts = grownParts(input.plan, first, input.file);
    const { rows } = await sendParts({ input, uploadId, earlier, pass, progress }, parts);
    await input.journal.flush();
    return { key: upload.key, token: upload.token, uploadId, parts: newest([...upload.parts, ...rows]) };
  } finally {
    pass.dispose();
  }
}

/** One row a part: the later one counts. */
function newest(rows: readonly JournalPart[]): readonly JournalPart[] {
  return [...new Map(rows.map(row => [row.number, row])).values()].sort((a, b) => a.number - b.number);
}
