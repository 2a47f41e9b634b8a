import type { FileHandle } from 'node:fs/promises';
import { AdapterError, type SourceItem } from '@waybill/contract';
import { isSinglePut, planParts, type PartPlan } from '@waybill/domain';
import type { EdgeLanding } from '@waybill/landing';
import type { AssetRecord, AssetSets, Database, UploadRecord } from '@waybill/state';
import { sendFile, type BufferPool, type SentFile, type TransferProgress } from '@waybill/transfer';
import { abortEarlierUploads, type OpenUploads } from './earlier-uploads.ts';
import type { EdgeSource } from './edge-source.ts';
import { isStill, stillnessOf } from './file-stillness.ts';
import { LostAssetError, StateJournal } from './state-journal.ts';

export interface ReceivePlace {
  readonly db: Database;
  readonly sets: AssetSets;
  readonly landing: EdgeLanding;
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
  const begun = await place.sets.move({
    id: asset.id,
    transition: 'receive',
    fence: asset.fence,
    release: false,
    events: [],
  });
  if (!begun) throw new LostAssetError(`${asset.filename} is not to be received any more.`);
  const handle = await openFile(source, asset, signal);
  try {
    const before = await stillnessOf(handle);
    if (before.size !== asset.size)
      throw changed(
        source,
        asset,
        `it had ${asset.size} bytes when it was held finished and has ${before.size} now`,
      );
    const { sent, journal } = await send(place, source, asset, handle, onProgress, signal);
    if (!isStill(before, await stillnessOf(handle)))
      throw changed(source, asset, 'it was written to while it was read');
    await place.sets.sent({ id: journal.id, etag: sent.etag ?? null, proof: sent.proofLevel });
    await finish(place, asset, sent);
  } finally {
    await handle.close();
  }
}

async function openFile(source: EdgeSource, asset: AssetRecord, signal: AbortSignal): Promise<FileHandle> {
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

async function send(
  place: ReceivePlace,
  source: EdgeSource,
  asset: AssetRecord,
  handle: FileHandle,
  onProgress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<{ sent: SentFile; journal: StateJournal }> {
  // The first claim has fence 1: no earlier attempt can have left anything.
  const earlier = asset.fence > 1 ? await place.sets.liveUpload(asset.id) : undefined;
  const plan = planOf(earlier, asset.size, place.partSize);
  const continued = canContinue(earlier, asset, plan) ? earlier : undefined;
  const journal = new StateJournal(place.db, place.sets, asset, plan, continued);
  const rows = continued === undefined ? [] : await place.sets.parts(continued.id);
  const uploadId = continued?.s3UploadId ?? undefined;
  if (asset.fence > 1 && (earlier?.kind === 'multipart' || !isSinglePut(asset.size, plan.partSize)))
    await abortEarlierUploads(place.uploads, asset.landingKey, uploadId, signal);
  const sent = await sendFile({
    name: `${source.name}: ${asset.sourceKey}`,
    handle,
    size: asset.size,
    plan,
    landing: place.landing,
    upload: {
      key: asset.landingKey,
      token: asset.id,
      parts: rows.map(({ position, number, size, etag, xxh128, crc32 }) => ({
        offset: position,
        number,
        size,
        etag,
        xxh128,
        crc32,
      })),
      ...(uploadId === undefined ? {} : { uploadId }),
    },
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

function planOf(earlier: UploadRecord | undefined, size: number, partSize: number | undefined): PartPlan {
  if (earlier?.kind === 'multipart') return earlier.plan as PartPlan;
  return planParts({ size, ...(partSize === undefined ? {} : { partSize }) });
}

/** An upload goes on only as what it was begun as: the file may have another size by now. */
function canContinue(earlier: UploadRecord | undefined, asset: AssetRecord, plan: PartPlan): boolean {
  if (earlier === undefined || earlier.key !== asset.landingKey || earlier.state === 'completed')
    return false;
  return (earlier.kind === 'put') === isSinglePut(asset.size, plan.partSize);
}

async function finish(place: ReceivePlace, asset: AssetRecord, sent: SentFile): Promise<void> {
  const { size, sha256, xxh128, crc32, via, proofLevel } = sent;
  const moved = await place.sets.move({
    id: asset.id,
    transition: 'sent',
    fence: asset.fence,
    patch: {
      size,
      sha256,
      xxh128,
      crc32,
      bytes_received: size,
      bytes_sent: size,
      parts: Math.max(sent.parts.length, 1),
      attempts: 0,
    },
    trouble: null,
    dueInMs: 0,
    events: [
      {
        kind: 'sent',
        actor: place.actor,
        detail: {
          size,
          sha256,
          xxh128,
          via,
          parts: sent.parts.length,
          bytesUploaded: sent.bytesUploaded,
          proofLevel,
        },
      },
    ],
  });
  if (!moved) throw new LostAssetError(`${asset.filename} was taken over by another worker.`);
}
