import type { Exchange } from '../http/exchange.ts';
import { decode, header } from '../http/s3-request.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { Bucket } from '../store/buckets.ts';
import type { HeldObject } from '../store/objects.ts';
import { checkCopyConditions } from './conditions.ts';

/** The object that `x-amz-copy-source` names, held until released, its conditions checked. Throws NoSuchKey, NoSuchBucket, PreconditionFailed. */
export async function holdCopySource({ request, store }: Exchange): Promise<HeldObject & { bucket: Bucket }> {
  const [path = '', version] = (header(request, 'x-amz-copy-source') ?? '').split('?');
  if (version !== undefined) throw notImplemented('object versions (versionId in x-amz-copy-source)');
  const source = decode(path).replace(/^\//, '');
  const cut = source.indexOf('/');
  if (cut < 1 || cut === source.length - 1) {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: bucket/key.', {
      ArgumentName: 'x-amz-copy-source',
    });
  }
  const bucket = store.buckets.get(source.slice(0, cut));
  const key = source.slice(cut + 1);
  const held = await store.objects.hold(bucket, key);
  if (held === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
  try {
    checkCopyConditions(request, held.manifest);
  } catch (error) {
    await held.release();
    throw error;
  }
  return { ...held, bucket };
}
