import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import type { OpenUpload } from './finalizer-landing.ts';
import type { S3Context } from './s3-context.ts';
import { toAdapterError } from './s3-error.ts';
import { isUploadGone } from './s3-send-part.ts';

/** Every open multipart upload below a prefix, over all pages. */
export async function* listUploads(
  context: S3Context,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<OpenUpload, void, undefined> {
  let marker: { readonly key: string | undefined; readonly id: string | undefined } | undefined;
  do {
    let page: ListMultipartUploadsCommandOutput;
    try {
      page = await context.repeating.send(
        new ListMultipartUploadsCommand({
          Bucket: context.bucket,
          Prefix: prefix,
          KeyMarker: marker?.key,
          UploadIdMarker: marker?.id,
        }),
        abortable(signal),
      );
    } catch (error) {
      throw toAdapterError(error, 'list open uploads', context.place);
    }
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Key !== undefined && UploadId !== undefined && Initiated !== undefined)
        yield { key: Key, uploadId: UploadId, initiatedAt: Initiated };
    const next =
      page.IsTruncated === true ? { key: page.NextKeyMarker, id: page.NextUploadIdMarker } : undefined;
    const moved = next !== undefined && (next.key !== marker?.key || next.id !== marker?.id);
    marker = moved ? next : undefined;
  } while (marker !== undefined);
}

/** Ends an upload and frees its parts; one that is gone counts as ended. */
export async function abortUpload(
  context: S3Context,
  upload: { readonly key: string; readonly uploadId: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await context.repeating.send(
      new AbortMultipartUploadCommand({
        Bucket: context.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
      }),
      abortable(signal),
    );
  } catch (error) {
    if (!isUploadGone(error)) throw toAdapterError(error, `abort the upload of ${upload.key}`, context.place);
  }
}
