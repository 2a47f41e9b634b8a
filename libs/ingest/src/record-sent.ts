import type { AssetPatch, AssetRecord, NewCustodyEvent } from '@waybill/state';
import type { SentFile } from '@waybill/transfer';
import type { StoredVerdict } from './file-stillness.ts';
import type { ReceivePlace } from './receive-file.ts';
import { LostAssetError } from './state-journal.ts';

/** Every byte is sent: the upload's row first, then the asset's, with its digests. Rejects when another worker has the asset. */
export async function recordSent(
  place: ReceivePlace,
  asset: AssetRecord,
  uploadRow: string,
  sent: SentFile,
  /** The verdict, where it was given while the file was sent. */
  verdict?: StoredVerdict,
): Promise<void> {
  const recorded = await place.sets.sent({
    id: uploadRow,
    fence: asset.fence,
    etag: sent.etag ?? null,
    proof: sent.proofLevel,
  });
  if (!recorded) throw taken(asset);
  const { size, sha256, xxh128, crc32, via, proofLevel } = sent;
  // What the finalizer found wrong is put right only when it finds it right.
  const sentAgain = asset.errorCode === 'parts-rejected';
  const finished: { patch: AssetPatch; events: NewCustodyEvent[] } =
    verdict === undefined
      ? { patch: {}, events: [] }
      : {
          patch: { verdict, verdict_revision: verdict.revision, revision: verdict.revision },
          events: [{ kind: 'finished', actor: place.actor, detail: { ...verdict } }],
        };
  const moved = await place.sets.move({
    id: asset.id,
    transition: 'sent',
    fence: asset.fence,
    patch: {
      ...finished.patch,
      size,
      sha256,
      xxh128,
      crc32,
      bytes_received: size,
      bytes_sent: size,
      parts: Math.max(sent.parts.length, 1),
      ...(sentAgain ? {} : { attempts: 0 }),
    },
    ...(sentAgain ? {} : { trouble: null }),
    dueInMs: 0,
    events: [
      ...finished.events,
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
  if (!moved) throw taken(asset);
}

function taken(asset: AssetRecord): LostAssetError {
  return new LostAssetError(`${asset.filename} was taken over by another worker.`);
}
