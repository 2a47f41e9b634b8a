import type { FileHandle } from 'node:fs/promises';
import { AdapterError, type SourceItem } from '@waybill/contract';
import { isSinglePut } from '@waybill/domain';
import type { EdgeLanding } from '@waybill/landing';
import { RowError, type AssetRecord, type AssetSets, type Database } from '@waybill/state';
import { sendFile, type BufferPool, type SentFile, type TransferProgress } from '@waybill/transfer';
import { abortEarlierUploads, type OpenUploads } from './earlier-uploads.ts';
import type { EdgeSource } from './edge-source.ts';
import { isStill, movedSince, stillnessOf } from './file-stillness.ts';
import { recordSent } from './record-sent.ts';
import { sendPlan } from './send-plan.ts';
import { LostAssetError, StateJournal } from './state-journal.ts';
import { orShrunk } from './shrunk-error.ts';
import { stillLanding } from './still-landing.ts';
import { uploadState } from './upload-state.ts';

export interface ReceivePlace {
  readonly db: Database;
  readonly sets: AssetSets;
  readonly landing: EdgeLanding;
  /** The landing's name in the rows; given: a row of another one is left alone, with a sentence. */
  readonly landingName?: string | undefined;
  readonly uploads: OpenUploads;
  readonly pool: BufferPool;
  readonly actor: string;
  /** Bytes of a part, where the configuration says so. */
  readonly partSize: number | undefined;
  /** Parts of one file under way at once. */
  readonly partsAtOnce: number;
}

/**
 * Reads one finished file through one handle and sends it to the landing; resumes what an earlier attempt left. Resolves
 * when every byte is sent and the row says so; a file that moved meanwhile is `source-changed` and nothing of it counts.
 */
export async function receiveFile(
  place: ReceivePlace,
  source: EdgeSource,
  asset: AssetRecord,
  onProgress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  // Retried by a person before it ever stood still: what is there now may be half a file.
  if (asset.verdictRevision === null) throw changed(source, asset, 'nothing says yet that it is finished');
  await beginReceiving(place, source, asset);
  const handle = await openItem(source, asset, signal);
  try {
    const before = await stillnessOf(handle);
    const moved = movedSince(asset.verdict, asset.size, before);
    if (moved !== undefined) throw changed(source, asset, moved);
    const check = async () => {
      if (!isStill(before, await stillnessOf(handle)))
        throw changed(source, asset, 'it was written to while it was read');
    };
    const file = { name: `${source.name}: ${asset.sourceKey}`, handle, seen: before.size };
    try {
      const { sent, journal } = await send(place, source, asset, { handle, check }, onProgress, signal);
      await check();
      await recordSent(place, asset, journal.id, sent);
    } catch (error) {
      throw await orShrunk(error, file);
    }
  } finally {
    await handle.close();
  }
}

/** The row says that its file is being received. Rejects when it may not be, or is another worker's. */
export async function beginReceiving(
  place: ReceivePlace,
  source: EdgeSource,
  asset: AssetRecord,
): Promise<void> {
  if (place.landingName !== undefined && asset.landing !== place.landingName)
    throw new RowError(
      `${source.name}: ${asset.sourceKey} belongs into the landing ${asset.landing}, and this edge sends to ${place.landingName}.`,
      `Give the landing in the configuration its name ${asset.landing} back; then this goes on by itself.`,
    );
  const begun = await place.sets.move({
    id: asset.id,
    transition: 'receive',
    fence: asset.fence,
    release: false,
    events: [],
  });
  if (!begun) throw new LostAssetError(`${asset.filename} is not to be received any more.`);
}

/** The asset's file, open. The caller closes it. */
export async function openItem(
  source: EdgeSource,
  asset: AssetRecord,
  signal: AbortSignal,
): Promise<FileHandle> {
  const { adapter } = source;
  if (adapter.openFile === undefined) {
    throw new AdapterError(
      'rejected',
      `${source.name}: this release reads only sources whose files lie on the edge's own disk.`,
    );
  }
  const item: SourceItem = {
    key: asset.sourceKey,
    identity: asset.identity,
    revision: asset.revision,
    size: asset.size,
    modifiedAt: asset.lastActivityAt,
  };
  return adapter.openFile(item, signal);
}

function changed(source: EdgeSource, asset: AssetRecord, how: string): AdapterError {
  return new AdapterError('source-changed', `${source.name}: ${asset.sourceKey} changed: ${how}.`);
}

interface OpenedFile {
  readonly handle: FileHandle;
  /** Rejects with `source-changed` when the file moved since it was opened. */
  readonly check: () => Promise<void>;
}

async function send(
  place: ReceivePlace,
  source: EdgeSource,
  asset: AssetRecord,
  { handle, check }: OpenedFile,
  onProgress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<{ sent: SentFile; journal: StateJournal }> {
  // The first claim has fence 1: no earlier attempt can have left anything.
  const earlier = asset.fence > 1 ? await place.sets.liveUpload(asset.id) : undefined;
  const { plan, continued } = sendPlan(earlier, asset, place.partSize);
  const journal = new StateJournal(place.db, place.sets, asset, plan, continued);
  const upload = await uploadState(place.sets, asset, continued);
  if (asset.fence > 1 && (earlier?.kind === 'multipart' || !isSinglePut(asset.size, plan.partSize)))
    await abortEarlierUploads(place.uploads, asset.landingKey, upload.uploadId, signal);
  const sent = await sendFile({
    name: `${source.name}: ${asset.sourceKey}`,
    handle,
    size: asset.size,
    plan,
    landing: stillLanding(place.landing, check),
    upload,
    journal,
    pool: place.pool,
    contentType: asset.contentType,
    concurrency: place.partsAtOnce,
    signal,
    onProgress,
  });
  await journal.flush();
  return { sent, journal };
}
