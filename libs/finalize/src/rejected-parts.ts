import { retryWait } from '@waybill/domain';
import type { AssetMove, AssetRecord } from '@waybill/state';

/** The code that a row bears from then on until its object is proven. */
const code = 'parts-rejected';

/** True when what was sent again was refused again: then the whole is sent anew and not only what is missing. */
export function wasRejectedBefore(asset: AssetRecord): boolean {
  return asset.errorCode === code;
}

/**
 * The object can't be made of what the edge sent: it goes back to be sent again. At once the first time; what is refused
 * again and again is sent ever more seldom. `jitter` in [0, 1).
 */
export function rejectedMove(asset: AssetRecord, actor: string, reason: string, jitter: number): AssetMove {
  const attempts = asset.attempts + 1;
  return {
    id: asset.id,
    transition: 'parts-rejected',
    fence: asset.fence,
    patch: { attempts },
    trouble: {
      code,
      message: `${asset.landingKey} could not be made of what was sent: ${reason}`,
      nextStep: 'The edge sends it again by itself; if it repeats, look at the store.',
    },
    dueInMs: wasRejectedBefore(asset) ? retryWait(attempts, jitter) : 0,
    events: [{ kind: 'parts-rejected', actor, detail: { reason, attempt: attempts } }],
  };
}
