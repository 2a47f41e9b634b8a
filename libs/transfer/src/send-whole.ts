import { DigestPass } from './digest-pass.ts';
import { readSlices } from './file-range.ts';
import { withAttempts } from './part-attempts.ts';
import type { ProgressCount } from './progress-count.ts';
import type { SendFileInput, SentFile } from './send-file-input.ts';

/** A file no larger than one part: one read, one request, no multipart upload. */
export async function sendWhole(input: SendFileInput, progress: ProgressCount): Promise<SentFile> {
  const { landing, upload, signal, size } = input;
  await input.journal.intent({ key: upload.key, token: upload.token, kind: 'put' });
  const lent = await input.pool.acquire(size, signal);
  const pass = await DigestPass.start(true);
  try {
    pass.beginPart(landing.wantsMd5);
    await readSlices(
      input,
      lent.buffer,
      0,
      slice => {
        pass.update(slice);
        progress.read(slice.byteLength);
      },
      signal,
    );
    const digests = pass.endPart();
    const whole = pass.end();
    const stored = await withAttempts(
      () =>
        landing.put({
          key: upload.key,
          token: upload.token,
          body: lent.buffer,
          contentType: input.contentType,
          digests,
          ifAbsent: input.replace !== true,
          signal,
        }),
      signal,
    );
    progress.sent(size, !stored.resumed);
    return {
      size,
      ...whole,
      crc32: digests.crc32,
      via: 'put',
      parts: [],
      token: upload.token,
      etag: stored.etag,
      proofLevel: stored.proofLevel,
      bytesUploaded: progress.bytesUploaded,
    };
  } finally {
    pass.dispose();
    lent.release();
  }
}
