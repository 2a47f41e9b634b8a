import { AdapterError } from '@waybill/contract';
import { retryWait } from '@waybill/domain';
import { databaseReason, type ClaimedDelivery, type DeliveryMove, RowError } from '@waybill/state';

/** What a failed attempt to deliver makes of the row; the asset is never touched by it. `jitter` in [0, 1). */
export function failureMove(
  delivery: ClaimedDelivery,
  actor: string,
  error: unknown,
  jitter: number,
): DeliveryMove {
  const known = error instanceof AdapterError ? error : undefined;
  const attempts = delivery.attempts + 1;
  const told = known ?? (error instanceof RowError ? error : undefined);
  const reason = databaseReason(error);
  const trouble = {
    code: known?.code ?? 'internal',
    message:
      told?.message ?? `${delivery.path} could not be delivered to ${delivery.destination}: ${reason}.`,
    nextStep: told?.nextStep ?? 'Waybill tries again by itself; the log of the delivery service says more.',
  };
  const detail = {
    deliveryId: delivery.id,
    destination: delivery.destination,
    path: delivery.path,
    attempt: attempts,
    code: trouble.code,
    message: trouble.message,
  };
  const base = { id: delivery.id, fence: delivery.fence, patch: { attempts }, trouble };
  const passing = known === undefined || known.consequence === 'later' || known.consequence === 'rescan';
  if (!passing) {
    return {
      ...base,
      transition: 'fail',
      dueInMs: null,
      events: [{ kind: 'delivery-failed', actor, detail }],
    };
  }
  return {
    ...base,
    transition: 'later',
    dueInMs: retryWait(attempts, jitter, known?.retryAfter),
    events: delivery.errorCode === trouble.code ? [] : [{ kind: 'delivery-waiting', actor, detail }],
  };
}
