import type { FileHandle } from 'node:fs/promises';
import type { AssetRecord } from '@waybill/state';
import {
  sendAsItGrows,
  sendFile,
  type SentFile,
  type TransferProgress,
  type UploadState,
} from '@waybill/transfer';
import { abortEarlierUploads } from './earlier-uploads.ts';
import type { EdgeSource } from './edge-source.ts';
import { stillnessOf } from './file-stillness.ts';
import { GrowthWatch, type Look } from './growth-watch.ts';
import { beginReceiving, openItem, type ReceivePlace } from './receive-file.ts';
import { recordSent } from './record-sent.ts';
import { growingPlan } from './send-plan.ts';
import { orShrunk } from './shrunk-error.ts';
import { StateJournal } from './state-journal.ts';
import { uploadState } from './upload-state.ts';

/** What a stream needs beside its file. */
interface StreamRun {
  readonly place: ReceivePlace;
  readonly source: EdgeSource;
  readonly asset: AssetRecord;
  readonly onProgress: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends a file while it grows: full parts as they appear; then, while the time runs for which it has to stand still, the whole
 * is read once more (parts that were rewritten are sent again, the tail is sent, and the digests are those of the file as
 * it stands). Resolves when it stood still for its time and every byte is sent. The verdict is given for exactly what was
 * read; growth after it is the next generation's. Rejects as receiveFile, and with a ShrunkError.
 */
export async function streamFile(run: StreamRun): Promise<void> {
  const { place, source, asset, signal } = run;
  await beginReceiving(place, source, asset);
  const handle = await openItem(source, asset, signal);
  const watch = watchOf(run, handle);
  try {
    const stream = await openStream(run, handle, watch);
    for (;;) {
      await stream.sendGrown();
      const before = await watch.now();
      const sent = await stream.sendStill(before.size);
      const evidence = await watch.finished(before);
      if (evidence === undefined) continue;
      const { modifiedAt } = await stillnessOf(handle);
      await stream.journal.flush();
      return await recordSent(place, asset, stream.journal.id, sent, { ...evidence, modifiedAt });
    }
  } catch (error) {
    throw await orShrunk(error, { name: `${source.name}: ${asset.sourceKey}`, handle, seen: watch.seen });
  } finally {
    await handle.close();
  }
}

function watchOf({ source, asset, signal }: StreamRun, handle: FileHandle): GrowthWatch {
  const { adapter, idleMs, name } = source;
  const look = async (): Promise<Look> => {
    if (adapter.lookAt === undefined) throw new Error(`the source ${name} can't tell how an open file grows`);
    return adapter.lookAt(handle);
  };
  return new GrowthWatch(`${name}: ${asset.sourceKey}`, look, idleMs ?? Infinity, signal);
}

/** One multipart upload, fed as the file grows and gone over as often as it seems to stand still. */
async function openStream(
  { place, source, asset, onProgress, signal }: StreamRun,
  handle: FileHandle,
  watch: GrowthWatch,
) {
  const earlier = asset.fence > 1 ? await place.sets.liveUpload(asset.id) : undefined;
  const { plan, continued } = growingPlan(earlier, asset, place.partSize);
  const journal = new StateJournal(place.db, place.sets, asset, plan, continued);
  let upload: UploadState = await uploadState(place.sets, asset, continued);
  if (asset.fence > 1) await abortEarlierUploads(place.uploads, asset.landingKey, upload.uploadId, signal);
  const input = {
    name: `${source.name}: ${asset.sourceKey}`,
    handle,
    plan,
    landing: place.landing,
    journal,
    pool: place.pool,
    contentType: asset.contentType,
    concurrency: place.partsAtOnce,
    signal,
    onProgress,
  };
  return {
    journal,
    /** Sends full parts until the file stands still for a while. */
    async sendGrown(): Promise<void> {
      upload = await sendAsItGrows({ ...input, upload, file: watch });
    },
    /** Reads the first `size` bytes, all of them; sends the tail and what was rewritten. */
    async sendStill(size: number): Promise<SentFile> {
      const sent = await sendFile({ ...input, upload, size });
      const { token, parts, uploadId } = sent;
      upload = { key: upload.key, token, parts, ...(uploadId === undefined ? {} : { uploadId }) };
      return sent;
    },
  };
}
