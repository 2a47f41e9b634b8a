import { PutObjectCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import type { BodyDigests } from './body-digests.ts';
import { crc32Hex, hexToBase64 } from './checksum-ability.ts';
import type { ConditionalAbility } from './conditional-ability.ts';
import type { PutObject, PutResult } from './edge-landing.ts';
import { isMd5Etag, normalEtag } from './etag.ts';
import type { LandedObject } from './finalizer-landing.ts';
import { refusesChecksums } from './s3-begin.ts';
import { tokenField, type S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { headObject } from './s3-head.ts';
import { describePlace } from './s3-place.ts';

/**
 * What the store does with conditions is tried with an object no larger than this, sent twice once in a landing's life: a
 * store that refuses before it has read the body may cut the connection, and the refusal is lost with a larger one.
 */
const trialSize = 64 * 1024;

/** Stores a small object whole, over nothing that is not ours. */
export async function putObject(
  context: S3Context,
  conditional: ConditionalAbility,
  object: PutObject,
): Promise<PutResult> {
  const digests = context.checksum.digestsFor(object.body, object.digests);
  if (object.ifAbsent && !conditional.proven) {
    const settled = await settleStanding(context, object, digests);
    if (settled !== undefined) return settled;
  }
  const small = object.body.byteLength <= trialSize;
  const withCondition = object.ifAbsent && (conditional.proven || (conditional.worthTrying && small));
  try {
    const result = await sendObject(context, object, digests, withCondition);
    if (withCondition && small)
      await conditional.tryOnce(() => repeatConditionally(context, object, digests));
    return result;
  } catch (error) {
    if (withCondition && refusesConditions(error)) {
      conditional.learn('not-kept');
      return await sendObject(context, object, digests, false);
    }
    if (faultOf(error).status !== 412) throw toAdapterError(error, `store ${object.key}`, context.place);
    conditional.learn('kept');
  }
  const settled = await settleStanding(context, object, digests);
  if (settled !== undefined) return settled;
  throw new AdapterError(
    'throttled',
    `${object.key} came and went in ${describePlace(context.place)} while it was stored.`,
  );
}

/**
 * What stands under the key: nothing → undefined; these bytes, stored by an earlier attempt → success; other bytes of this
 * same token → stored again over them, they are ours; anybody else's → `conflict`.
 */
async function settleStanding(
  context: S3Context,
  object: PutObject,
  digests: BodyDigests,
): Promise<PutResult | undefined> {
  const standing = await headObject(context, object.key, object.signal);
  if (standing === undefined) return undefined;
  if (standing.token !== object.token)
    throw new AdapterError(
      'conflict',
      `Another object stands as ${object.key} in ${describePlace(context.place)}, ${standing.size} bytes that Waybill did not put there for this asset.`,
    );
  const proof = sameBytes(standing, object, digests);
  if (proof !== undefined) return { etag: standing.etag, size: standing.size, ...proof, resumed: true };
  return sendObject(context, object, digests, false);
}

/** Proof that a standing object of ours holds this body; undefined where that cannot be said. */
function sameBytes(standing: LandedObject, object: PutObject, digests: BodyDigests) {
  if (standing.size !== object.body.byteLength) return undefined;
  if (standing.crc32 !== undefined && standing.crc32 === digests.crc32)
    return {
      proofLevel: 'in_flight' as const,
      checksum: { algorithm: 'crc32' as const, value: digests.crc32 },
    };
  if (digests.md5 !== undefined && isMd5Etag(standing.etag) && standing.etag.toLowerCase() === digests.md5)
    return {
      proofLevel: 'in_flight' as const,
      checksum: { algorithm: 'md5-etag' as const, value: digests.md5 },
    };
  return undefined;
}

async function sendObject(
  context: S3Context,
  object: PutObject,
  digests: BodyDigests,
  withCondition: boolean,
): Promise<PutResult> {
  const send = () =>
    context.single.send(
      new PutObjectCommand({
        Bucket: context.bucket,
        Key: object.key,
        Body: object.body,
        ContentLength: object.body.byteLength,
        ContentType: object.contentType,
        Metadata: { [tokenField]: object.token },
        ...(withCondition ? { IfNoneMatch: '*' } : {}),
        ...(context.checksum.sendsCrc32 ? { ChecksumCRC32: hexToBase64(digests.crc32) } : {}),
        ...(digests.md5 === undefined ? {} : { ContentMD5: hexToBase64(digests.md5) }),
      }),
      abortable(object.signal),
    );
  let answer;
  try {
    answer = await send();
  } catch (error) {
    // The caller settles what a condition may have caused.
    if (withCondition) throw error;
    if (!context.checksum.sendsCrc32 || !refusesChecksums(error))
      throw toAdapterError(error, `store ${object.key}`, context.place);
    context.checksum.learn('md5');
    answer = await send().catch((again: unknown) => {
      throw toAdapterError(again, `store ${object.key}`, context.place);
    });
  }
  const etag = normalEtag(answer.ETag);
  if (etag === undefined)
    throw new AdapterError(
      'rejected',
      `${describePlace(context.place)} stored ${object.key} without naming an ETag.`,
    );
  const proof = context.checksum.prove(object.key, { etag, crc32: crc32Hex(answer.ChecksumCRC32) }, digests);
  return { etag, size: object.body.byteLength, ...proof, resumed: false };
}

/** Sends the same bytes under the same token once more: a store that keeps conditions refuses, one that ignores them is harmless here. */
async function repeatConditionally(context: S3Context, object: PutObject, digests: BodyDigests) {
  try {
    await sendObject(context, object, digests, true);
    return 'not-kept' as const;
  } catch (error) {
    if (faultOf(error).status === 412) return 'kept' as const;
    // Stored already; a trial that failed otherwise says nothing, and the next object tries again.
    return undefined;
  }
}

function refusesConditions(error: unknown): boolean {
  const { code, status } = faultOf(error);
  return status === 501 || code === 'NotImplemented';
}
