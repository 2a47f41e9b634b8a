import type { AssetRecord, AssetSets, UploadRecord } from '@waybill/state';
import type { UploadState } from '@waybill/transfer';

/** What a transfer of this asset continues from: the earlier upload with its journal, or nothing. */
export async function uploadState(
  sets: AssetSets,
  asset: AssetRecord,
  continued: UploadRecord | undefined,
): Promise<UploadState> {
  const rows = continued === undefined ? [] : await sets.parts(continued.id);
  const uploadId = continued?.s3UploadId ?? undefined;
  return {
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
  };
}
