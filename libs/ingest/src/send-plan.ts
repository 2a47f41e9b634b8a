import { isSinglePut, planCapacity, planParts, type PartPlan } from '@waybill/domain';
import type { AssetRecord, UploadRecord } from '@waybill/state';

/** How a file is sent now, and which earlier attempt's upload that goes on with, if any. */
export interface SendPlan {
  readonly plan: PartPlan;
  readonly continued: UploadRecord | undefined;
}

/**
 * An upload goes on only as what it was begun as: the file may have another size by now, and a row that makes no sense any
 * more is no reason to stop. Everything else is sent anew, with a plan of its own.
 */
export function sendPlan(
  earlier: UploadRecord | undefined,
  asset: Pick<AssetRecord, 'landing' | 'landingKey' | 'size'>,
  partSize: number | undefined,
): SendPlan {
  const { size, landing, landingKey } = asset;
  const fresh = planParts({ size, ...(partSize === undefined ? {} : { partSize }) });
  if (earlier === undefined || earlier.state === 'completed') return { plan: fresh, continued: undefined };
  const plan = readPlan(earlier.plan);
  const goesOn =
    plan !== undefined &&
    earlier.key === landingKey &&
    earlier.landing === landing &&
    size <= planCapacity(plan) &&
    (earlier.kind === 'put') === isSinglePut(size, plan.partSize);
  return goesOn ? { plan, continued: earlier } : { plan: fresh, continued: undefined };
}

/** As sendPlan, for a file whose end nobody knows: always a multipart upload. */
export function growingPlan(
  earlier: UploadRecord | undefined,
  { landing, landingKey }: Pick<AssetRecord, 'landing' | 'landingKey'>,
  partSize: number | undefined,
): SendPlan {
  const plan = earlier === undefined ? undefined : readPlan(earlier.plan);
  const goesOn =
    plan !== undefined &&
    earlier?.kind === 'multipart' &&
    earlier.state !== 'completed' &&
    earlier.key === landingKey &&
    earlier.landing === landing;
  if (goesOn) return { plan, continued: earlier };
  const fresh = planParts({ size: undefined, ...(partSize === undefined ? {} : { partSize }) });
  return { plan: fresh, continued: undefined };
}

function readPlan(plan: unknown): PartPlan | undefined {
  if (typeof plan !== 'object' || plan === null || !('kind' in plan) || !('partSize' in plan))
    return undefined;
  const { kind, partSize } = plan;
  if (kind !== 'uniform' && kind !== 'doubling') return undefined;
  if (typeof partSize !== 'number' || !Number.isSafeInteger(partSize) || partSize < 1) return undefined;
  return { kind, partSize };
}
