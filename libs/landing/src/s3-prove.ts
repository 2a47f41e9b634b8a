import { AdapterError } from '@waybill/contract';
import type { ProveObject, ProveOutcome } from './finalizer-landing.ts';
import { proveStanding } from './object-proof.ts';
import type { S3Context } from './s3-context.ts';
import { headObject } from './s3-head.ts';
import { describePlace } from './s3-place.ts';

/** Looks at an object that the edge stored whole. */
export async function proveObject(context: S3Context, object: ProveObject): Promise<ProveOutcome> {
  const standing = await headObject(context, object.key, object.signal);
  if (standing === undefined)
    return {
      outcome: 'object-gone',
      reason: `${describePlace(context.place)} holds no object ${object.key}`,
    };
  const seen = proveStanding(standing, object, context.place);
  if (object.etag !== undefined && object.etag !== seen.etag)
    throw new AdapterError(
      'conflict',
      `${object.key} in ${describePlace(context.place)} was written again since the edge stored it: its ETag is ${seen.etag}, was ${object.etag}.`,
    );
  // The edge saw the store confirm these bytes; an unchanged ETag says that they are still the same.
  const carried = seen.proofLevel === 'size' && object.etag !== undefined ? object.proofLevel : undefined;
  return {
    outcome: 'proven',
    object: carried === undefined ? seen : { ...seen, proofLevel: carried },
  };
}
