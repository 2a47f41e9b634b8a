import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import { crc32Hex, hexToBase64 } from './checksum-ability.ts';
import { formatCrc32 } from './crc32-combine.ts';
import { normalEtag } from './etag.ts';
import type { S3Context } from './s3-context.ts';
import { toAdapterError } from './s3-error.ts';
import { describePlace } from './s3-place.ts';

/** Writes a small JSON document over whatever stood under its key, which only Waybill reserves. */
export async function putJson(
  context: S3Context,
  key: string,
  value: unknown,
  signal: AbortSignal,
): Promise<{ readonly etag: string }> {
  const body = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  const digests = {
    crc32: formatCrc32(crc32(body)),
    md5: createHash('md5').update(body).digest('hex'),
  };
  let answer;
  try {
    answer = await context.repeating.send(
      new PutObjectCommand({
        Bucket: context.bucket,
        Key: key,
        Body: body,
        ContentLength: body.byteLength,
        ContentType: 'application/json',
        ContentMD5: hexToBase64(digests.md5),
        ...(context.checksum.sendsCrc32 ? { ChecksumCRC32: hexToBase64(digests.crc32) } : {}),
      }),
      abortable(signal),
    );
  } catch (error) {
    throw toAdapterError(error, `write ${key}`, context.place);
  }
  const etag = normalEtag(answer.ETag);
  if (etag === undefined)
    throw new AdapterError('rejected', `${describePlace(context.place)} stored ${key} without an ETag.`);
  context.checksum.prove(key, { etag, crc32: crc32Hex(answer.ChecksumCRC32) }, digests);
  return { etag };
}
