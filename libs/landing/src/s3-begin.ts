import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import type { BeginUpload } from './edge-landing.ts';
import { tokenField, type S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { describePlace } from './s3-place.ts';

/** Opens a multipart upload whose whole-object CRC-32 the store keeps, where it can. */
export async function beginUpload(
  context: S3Context,
  upload: BeginUpload,
): Promise<{ readonly uploadId: string }> {
  const create = () =>
    context.single.send(
      new CreateMultipartUploadCommand({
        Bucket: context.bucket,
        Key: upload.key,
        ContentType: upload.contentType,
        Metadata: { [tokenField]: upload.token },
        // Declared here, or AWS refuses the parts' CRC-32s; FULL_OBJECT is what can be combined and compared.
        ...(context.checksum.sendsCrc32 ? { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } : {}),
      }),
      abortable(upload.signal),
    );
  let answer;
  try {
    answer = await create().catch((error: unknown) => {
      if (!refusesChecksums(error) || !context.checksum.sendsCrc32) throw error;
      context.checksum.learn('md5');
      return create();
    });
  } catch (error) {
    throw toAdapterError(error, `open a multipart upload for ${upload.key}`, context.place);
  }
  if (answer.ChecksumAlgorithm === 'CRC32') context.checksum.learn('crc32');
  if (answer.UploadId === undefined || answer.UploadId === '')
    throw new AdapterError('unreachable', `${describePlace(context.place)} opened an upload without an id.`);
  return { uploadId: answer.UploadId };
}

/** A store that knows no checksum headers answers 501, or 400 with a code that names the argument. */
export function refusesChecksums(error: unknown): boolean {
  const { code, status } = faultOf(error);
  return status === 501 || code === 'NotImplemented' || (status === 400 && code === 'InvalidArgument');
}
