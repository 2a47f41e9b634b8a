import { ListPartsCommand, type ListPartsCommandOutput } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { crc32Hex } from './checksum-ability.ts';
import type { ListedPart, PartListing } from './edge-landing.ts';
import { normalEtag } from './etag.ts';
import type { S3Context } from './s3-context.ts';
import { toAdapterError } from './s3-error.ts';
import { isUploadGone } from './s3-send-part.ts';

/** Every part that the store holds of an upload, over all pages. */
export async function listParts(
  context: S3Context,
  upload: { readonly key: string; readonly uploadId: string },
  signal: AbortSignal,
): Promise<PartListing> {
  const parts: ListedPart[] = [];
  let marker: string | undefined;
  do {
    let page: ListPartsCommandOutput;
    try {
      page = await context.repeating.send(
        new ListPartsCommand({
          Bucket: context.bucket,
          Key: upload.key,
          UploadId: upload.uploadId,
          PartNumberMarker: marker,
        }),
        abortable(signal),
      );
    } catch (error) {
      if (isUploadGone(error)) return { outcome: 'upload-gone' };
      throw toAdapterError(error, `list the parts of ${upload.key}`, context.place);
    }
    for (const part of page.Parts ?? []) {
      const etag = normalEtag(part.ETag);
      if (part.PartNumber === undefined || part.Size === undefined || etag === undefined) continue;
      const crc32 = crc32Hex(part.ChecksumCRC32);
      parts.push({
        number: part.PartNumber,
        size: part.Size,
        etag,
        ...(crc32 === undefined ? {} : { crc32 }),
      });
    }
    // A page that does not move on would be listed for ever.
    const next = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    marker = next === marker ? undefined : next;
  } while (marker !== undefined);
  return { outcome: 'listed', parts: parts.sort((a, b) => a.number - b.number) };
}
