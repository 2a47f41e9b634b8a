import { createHash } from 'node:crypto';
import { AdapterError, type ParcelItem, type ProofLevel, type Receipt } from '@waybill/contract';
import { plainTag, type S3Store } from './s3-store.ts';

/** What stands under an object's key, compared with what a delivery wants there. */
export type Standing =
  | { readonly is: 'nothing' | 'other' }
  | {
      readonly is: 'same';
      readonly etag: string;
      /** Whether this very delivery stored it. */
      readonly ours: boolean;
      readonly proofLevel: ProofLevel;
    };

/**
 * An object with our stamp is known by its digest: the stamp was set only on bytes that had it. Another one of equal
 * size is read and hashed.
 */
export async function whatStands(
  store: S3Store,
  key: string,
  item: ParcelItem,
  signal: AbortSignal,
): Promise<Standing> {
  const found = await store.head(key, signal);
  if (found === undefined) return { is: 'nothing' };
  const { size, sha256 } = item.content;
  if (found.ContentLength !== size) return { is: 'other' };
  const etag = plainTag(found.ETag);
  const ours = found.Metadata?.['waybill-delivery'] === item.deliveryId;
  const stamped = found.Metadata?.['waybill-sha256'];
  if (stamped !== undefined) {
    return stamped === sha256 ? { is: 'same', etag, ours, proofLevel: 'size' } : { is: 'other' };
  }
  const hash = createHash('sha256');
  for await (const piece of await store.read(key, signal)) hash.update(piece);
  if (hash.digest('hex') !== sha256) return { is: 'other' };
  return { is: 'same', etag, ours, proofLevel: 'destination_reread' };
}

export function conflict(where: string, key: string): AdapterError {
  return new AdapterError(
    'conflict',
    `${where}: other bytes stand at ${key}; they are kept. Move them away, or set overwrite: replace.`,
  );
}

export function receipt(
  item: ParcelItem,
  outcome: Receipt['outcome'],
  proofLevel: ProofLevel,
  evidence: Receipt['evidence'],
): Receipt {
  const { size, sha256 } = item.content;
  return {
    deliveryId: item.deliveryId,
    outcome,
    key: item.key,
    size,
    proofLevel,
    evidence: { size, sha256, ...evidence },
  };
}
