import { AdapterError } from '@waybill/contract';
import { retryWait, type AssetTransition } from '@waybill/domain';
import { databaseReason, type AssetMove, type AssetRecord, RowError } from '@waybill/state';

type Stage = 'finalize' | 'metadata';

const transitions: Record<Stage, { readonly later: AssetTransition; readonly fail: AssetTransition }> = {
  finalize: { later: 'finalize-later', fail: 'fail-finalize' },
  metadata: { later: 'metadata-later', fail: 'fail-metadata' },
};

const done: Record<Stage, string> = { finalize: 'proven', metadata: 'described and handed on' };

/** What a failed attempt at a stage makes of the row. `jitter` in [0, 1). */
export function failureMove(
  asset: AssetRecord,
  stage: Stage,
  actor: string,
  error: unknown,
  jitter: number,
): AssetMove {
  const known = error instanceof AdapterError ? error : undefined;
  const attempts = asset.attempts + 1;
  const reason = databaseReason(error);
  const row = error instanceof RowError ? error : undefined;
  const told = known ?? row;
  const trouble = {
    code: known?.code ?? 'internal',
    message: told?.message ?? `${asset.landingKey} could not be ${done[stage]}: ${reason}.`,
    nextStep: told?.nextStep ?? 'Waybill tries again by itself; the log of the finalizer says more.',
  };
  const detail = { stage, code: trouble.code, message: trouble.message, attempt: attempts };
  const base = { id: asset.id, fence: asset.fence, patch: { attempts }, trouble };
  const passing =
    known === undefined
      ? row?.passing !== false
      : known.consequence === 'later' || known.consequence === 'rescan';
  if (!passing) {
    return {
      ...base,
      transition: transitions[stage].fail,
      dueInMs: null,
      events: [{ kind: 'failed', actor, detail }],
    };
  }
  return {
    ...base,
    transition: transitions[stage].later,
    dueInMs: retryWait(attempts, jitter, known?.retryAfter),
    events: asset.errorCode === trouble.code ? [] : [{ kind: 'waiting', actor, detail }],
  };
}
