import { UploadPartCommand, type UploadPartCommandInput } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import { crc32Hex, hexToBase64 } from './checksum-ability.ts';
import type { SendPart, SentPart } from './edge-landing.ts';
import { normalEtag } from './etag.ts';
import { refusesChecksums } from './s3-begin.ts';
import type { S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { describePlace } from './s3-place.ts';
import { UploadGoneError } from './upload-gone-error.ts';

/** Sends one part under its number and compares the store's answer with its digests. */
export async function sendPart(context: S3Context, part: SendPart): Promise<SentPart> {
  const what = `part ${part.number} of ${part.key}`;
  const held = Buffer.isBuffer(part.body) ? part.body : undefined;
  const digests = context.checksum.digestsFor(held, part.digests);
  const send = () =>
    context.single.send(
      new UploadPartCommand({
        Bucket: context.bucket,
        Key: part.key,
        UploadId: part.uploadId,
        PartNumber: part.number,
        ...bodyOf(part),
        ...(context.checksum.sendsCrc32 ? { ChecksumCRC32: hexToBase64(digests.crc32) } : {}),
        ...(digests.md5 === undefined ? {} : { ContentMD5: hexToBase64(digests.md5) }),
      }),
      abortable(part.signal),
    );
  let answer;
  try {
    answer = await send().catch((error: unknown) => {
      if (!context.checksum.sendsCrc32 || !refusesChecksums(error)) throw error;
      context.checksum.learn('md5');
      if (context.checksum.sendsCrc32) throw error;
      return send();
    });
  } catch (error) {
    throw isUploadGone(error)
      ? new UploadGoneError(part.uploadId, goneSentence(context, part), { cause: error })
      : toAdapterError(error, `send ${what}`, context.place);
  }
  const etag = normalEtag(answer.ETag);
  if (etag === undefined)
    throw new AdapterError(
      'rejected',
      `${describePlace(context.place)} took ${what} without naming an ETag, which Complete needs: if browsers or proxies stand between, let the ETag header pass.`,
    );
  const { proofLevel } = context.checksum.prove(
    what,
    { etag, crc32: crc32Hex(answer.ChecksumCRC32) },
    digests,
  );
  return { etag, proofLevel };
}

function bodyOf(part: SendPart): Pick<UploadPartCommandInput, 'Body' | 'ContentLength'> {
  return Buffer.isBuffer(part.body)
    ? { Body: part.body, ContentLength: part.body.byteLength }
    : { Body: part.body.open(), ContentLength: part.body.size };
}

/** AWS says NoSuchUpload; Ceph says NoSuchKey of the same. */
export function isUploadGone(error: unknown): boolean {
  const { code } = faultOf(error);
  return code === 'NoSuchUpload' || code === 'NoSuchKey';
}

function goneSentence(context: S3Context, part: SendPart): string {
  return `${describePlace(context.place)} no longer knows the multipart upload of ${part.key} (aborted there, or by a lifecycle rule): Waybill opens another.`;
}
