import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import { crc32Hex } from './checksum-ability.ts';
import { normalEtag } from './etag.ts';
import type { LandedObject } from './finalizer-landing.ts';
import { tokenField, type S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { describePlace } from './s3-place.ts';

/** The object under a key; undefined only when the store said 404. */
export async function headObject(
  context: S3Context,
  key: string,
  signal: AbortSignal,
): Promise<LandedObject | undefined> {
  let answer;
  try {
    answer = await context.repeating.send(
      new HeadObjectCommand({ Bucket: context.bucket, Key: key, ChecksumMode: 'ENABLED' }),
      abortable(signal),
    );
  } catch (error) {
    if (faultOf(error).status === 404) return undefined;
    throw toAdapterError(error, `look at ${key}`, context.place);
  }
  const etag = normalEtag(answer.ETag);
  const size = answer.ContentLength;
  if (etag === undefined || size === undefined)
    throw new AdapterError(
      'rejected',
      `${describePlace(context.place)} tells neither size nor ETag of ${key}: this store cannot prove what it holds.`,
    );
  const token = answer.Metadata?.[tokenField];
  const crc32 = answer.ChecksumType === 'COMPOSITE' ? undefined : crc32Hex(answer.ChecksumCRC32);
  return {
    key,
    size,
    etag,
    ...(token === undefined ? {} : { token }),
    ...(crc32 === undefined ? {} : { crc32 }),
    ...(answer.ContentType === undefined ? {} : { contentType: answer.ContentType }),
    ...(answer.LastModified === undefined ? {} : { modifiedAt: answer.LastModified }),
  };
}
