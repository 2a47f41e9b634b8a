import { ContentReader } from '@waybill/content';
import { createHash } from 'node:crypto';
import type { ParcelItem, Progress, Receipt } from '@waybill/contract';
import { MultipartDelivery } from './multipart-delivery.ts';
import { objectKey } from './object-key.ts';
import { conflict, receipt, whatStands, type Standing } from './object-standing.ts';
import { partSize, smallestPart } from './part-plan.ts';
import type { S3Config } from './s3-config.ts';
import { faultOf, isInDoubt } from './s3-error.ts';
import type { S3Store } from './s3-store.ts';
import type { UnfinishedUploads } from './unfinished-uploads.ts';

/** One file to one object: not at all when it stands there, by one request when it is small, else in parts. */
export async function deliverObject(
  store: S3Store,
  unfinished: UnfinishedUploads,
  config: S3Config,
  item: ParcelItem,
  report: Progress,
  signal: AbortSignal,
): Promise<Receipt> {
  const key = objectKey(config.prefix, item.key);
  await unfinished.abortThoseOf(item.deliveryId, store, signal);
  const before = await whatStands(store, key, item, signal);
  if (before.is === 'same') {
    return receipt(item, 'already-present', before.proofLevel, { object: key, etag: before.etag });
  }
  const onlyNew = config.overwrite === 'never';
  if (before.is === 'other' && onlyNew) throw conflict(store.where, key);
  const { contentType, sha256, size } = item.content;
  const stamp = { contentType, deliveryId: item.deliveryId, sha256 };
  try {
    if (size <= smallestPart) {
      const bytes = await readWhole(store.where, key, item, signal);
      const md5 = createHash('md5').update(bytes).digest();
      const etag = await store.put(key, { bytes, md5 }, stamp, onlyNew, signal);
      report(item.deliveryId, size);
      return await confirmed(store, key, item, etag, md5.toString('hex'), signal);
    }
    const upload = new MultipartDelivery(store, unfinished, key, item, onlyNew);
    const { etag, expected } = await upload.run(stamp, partSize(store.where, size), report, signal);
    return await confirmed(store, key, item, etag, expected, signal);
  } catch (error) {
    return resolve(store, key, item, error, signal);
  }
}

async function readWhole(where: string, key: string, item: ParcelItem, signal: AbortSignal): Promise<Buffer> {
  const reader = new ContentReader(`${where}: ${key}`, item.content, signal);
  const pieces: Buffer[] = [];
  for await (const piece of reader.chunks()) pieces.push(piece);
  reader.finish();
  return Buffer.concat(pieces);
}

/** The store's ETag is the MD5 of what it holds, with most stores: then it proves what was sent. Else the size is looked up. */
async function confirmed(
  store: S3Store,
  key: string,
  item: ParcelItem,
  etag: string,
  expected: string,
  signal: AbortSignal,
): Promise<Receipt> {
  if (etag === expected) return receipt(item, 'delivered', 'in_flight', { object: key, etag });
  const standing = await whatStands(store, key, item, signal);
  if (standing.is !== 'same') throw conflict(store.where, key);
  return receipt(item, 'delivered', 'size', { object: key, etag: standing.etag });
}

/**
 * After a failure that leaves open whether the object was stored, and after another writer was faster: what stands there
 * decides. Only the same bytes make it a success.
 */
async function resolve(
  store: S3Store,
  key: string,
  item: ParcelItem,
  error: unknown,
  signal: AbortSignal,
): Promise<Receipt> {
  const taken = faultOf(error).status === 412;
  if (signal.aborted || !(taken || isInDoubt(error))) throw error;
  const standing: Standing = await whatStands(store, key, item, signal).catch(() => {
    // The far side is out of reach: the first failure is the one to tell.
    throw error;
  });
  if (standing.is === 'same') {
    return receipt(item, 'delivered', standing.proofLevel, {
      object: key,
      etag: standing.etag,
      answerLost: !taken,
      storedByThisDelivery: standing.ours,
    });
  }
  if (taken && standing.is === 'other') throw conflict(store.where, key);
  throw error;
}
