import { AdapterError } from '@waybill/contract';
import { combineCrc32, type FinalizerLanding, type ProvenObject } from '@waybill/landing';
import type { AssetRecord, AssetSets, PartRow, UploadRecord } from '@waybill/state';

/** The edge's upload of an asset with its journal. */
export interface SentUpload {
  readonly upload: UploadRecord;
  readonly parts: readonly PartRow[];
}

export type Proof =
  | { readonly outcome: 'proven'; readonly object: ProvenObject }
  /** The store can't make the object from what was sent: the edge has to send again. */
  | { readonly outcome: 'not-there'; readonly reason: string };

/** The upload that an asset's object is to be made of; undefined when the edge has to begin anew. */
export async function sentUpload(sets: AssetSets, asset: AssetRecord): Promise<SentUpload | undefined> {
  const upload = await sets.liveUpload(asset.id);
  if (upload === undefined || upload.state === 'intended') return undefined;
  return { upload, parts: upload.kind === 'put' ? [] : await sets.parts(upload.id) };
}

/**
 * Makes the object where it is not made yet, and proves it (design 2.6). An object of ours with other bytes than were sent is
 * not there: only the edge can put it right. Rejects with an AdapterError.
 */
export async function proveObject(
  landing: FinalizerLanding,
  asset: AssetRecord,
  sent: SentUpload,
  signal: AbortSignal,
): Promise<Proof> {
  try {
    return await makeAndProve(landing, asset, sent, signal);
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'content-mismatch')
      return { outcome: 'not-there', reason: error.message };
    throw error;
  }
}

async function makeAndProve(
  landing: FinalizerLanding,
  asset: AssetRecord,
  { upload, parts }: SentUpload,
  signal: AbortSignal,
): Promise<Proof> {
  const { landingKey: key, size, crc32 } = asset;
  const known = { key, token: upload.token, size, signal, ...(crc32 === null ? {} : { crc32 }) };
  if (upload.kind === 'put') {
    const answer = await landing.prove({
      ...known,
      ...(upload.etag === null ? {} : { etag: upload.etag }),
      ...(upload.proof === 'in_flight' ? { proofLevel: 'in_flight' as const } : {}),
    });
    return answer.outcome === 'proven' ? answer : { outcome: 'not-there', reason: answer.reason };
  }
  const broken = brokenJournal(asset, upload, parts);
  if (broken !== undefined) return { outcome: 'not-there', reason: broken };
  const answer = await landing.complete({ ...known, uploadId: upload.s3UploadId ?? '', parts });
  return answer.outcome === 'proven' ? answer : { outcome: 'not-there', reason: answer.reason };
}

/**
 * Why the recorded parts can't be the whole that the edge read, looked at before the store makes an object of them: a store
 * that keeps no checksum of the whole could not tell.
 */
function brokenJournal(
  { size, crc32 }: AssetRecord,
  upload: UploadRecord,
  parts: readonly PartRow[],
): string | undefined {
  let end = 0;
  for (const part of parts.toSorted((a, b) => a.number - b.number)) {
    if (part.position !== end) return `Its recorded parts have a hole at byte ${end}.`;
    end += part.size;
  }
  if (end !== size) return `Its ${parts.length} recorded parts hold ${end} bytes of ${size}.`;
  if (crc32 !== null && combineCrc32(parts) !== crc32)
    return `Its recorded parts are not the bytes that were read (their CRC-32 is not ${crc32}).`;
  return upload.s3UploadId === null ? 'The store never named the upload of its parts.' : undefined;
}
