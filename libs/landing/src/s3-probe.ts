import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import type { S3Context } from './s3-context.ts';
import { toAdapterError } from './s3-error.ts';

/** Resolves when the bucket can be listed. A listing, because a refused HEAD carries no reason. */
export async function probeBucket(context: S3Context, signal: AbortSignal): Promise<void> {
  try {
    await context.single.send(
      new ListObjectsV2Command({ Bucket: context.bucket, MaxKeys: 1 }),
      abortable(signal),
    );
  } catch (error) {
    throw toAdapterError(error, 'list objects', context.place);
  }
}
