import type { FinalizerLanding, ProvenObject } from '@waybill/landing';
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

/** Makes the object where it is not made yet, and proves it (design 2.6). Rejects with an AdapterError. */
export async function proveObject(
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
  const answer = await landing.complete({ ...known, uploadId: upload.s3UploadId ?? '', parts });
  return answer.outcome === 'proven' ? answer : { outcome: 'not-there', reason: answer.reason };
}
