import type { AssetRecord } from '@waybill/state';
import type { SentUpload } from './prove-object.ts';

/** The version of the document's shape; readers refuse what they do not know. */
const documentVersion = 1;

/** `<key>.metadata.json`: what is known of a landed file, for people and programs beside the object. */
export function metadataDocument(asset: AssetRecord, sent: SentUpload | undefined) {
  return {
    waybill: documentVersion,
    asset: {
      id: asset.id,
      generation: asset.generation,
      filename: asset.filename,
      contentType: asset.contentType,
    },
    source: {
      name: asset.source,
      node: asset.node,
      key: asset.sourceKey,
      identity: asset.identity,
      revision: asset.verdictRevision,
    },
    landing: {
      name: asset.landing,
      key: asset.landingKey,
      size: asset.landingSize,
      etag: asset.landingEtag,
      proof: asset.landingProof,
    },
    size: asset.size,
    incomplete: asset.incomplete,
    digests: { sha256: asset.sha256, xxh128: asset.xxh128, crc32: asset.crc32 },
    finished: asset.verdict,
    upload:
      sent === undefined
        ? null
        : {
            kind: sent.upload.kind,
            parts: sent.parts.map(({ number, position, size, etag, xxh128, crc32 }) => ({
              number,
              offset: position,
              size,
              etag,
              xxh128,
              crc32,
            })),
          },
    times: {
      discovered: asset.discoveredAt.toISOString(),
      landed: asset.s3CompletedAt?.toISOString() ?? null,
    },
  };
}
