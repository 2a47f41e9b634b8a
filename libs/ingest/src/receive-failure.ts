import { AdapterError } from '@waybill/contract';
import { retryWait } from '@waybill/domain';
import { databaseReason, type AssetMove, type AssetRecord } from '@waybill/state';

/** The file moved under the reader: its bytes are no evidence of anything; wait for it to stand still again. */
export function relistMove(asset: AssetRecord, actor: string, reason: string): AssetMove {
  return {
    id: asset.id,
    transition: 'relist',
    fence: asset.fence,
    patch: { verdict: null, verdict_revision: null, bytes_received: 0, bytes_sent: 0, parts: 0 },
    dueInMs: null,
    events: [{ kind: 'source-changed', actor, detail: { reason } }],
  };
}

/** What a failed attempt to receive a file makes of its row. */
export function failureMove(asset: AssetRecord, actor: string, error: unknown, jitter: number): AssetMove {
  const known = error instanceof AdapterError ? error : undefined;
  if (known?.consequence === 'rescan') return relistMove(asset, actor, known.message);
  const attempts = asset.attempts + 1;
  const message =
    known?.message ?? `${asset.source}: ${asset.sourceKey} could not be received: ${databaseReason(error)}`;
  const trouble = {
    code: known?.code ?? 'internal',
    message,
    nextStep: known?.nextStep ?? 'Waybill tries again by itself; the log of the edge says more.',
  };
  const detail = { stage: 'receive', code: trouble.code, message, attempt: attempts };
  const base = { id: asset.id, fence: asset.fence, patch: { attempts }, trouble };
  if (known !== undefined && known.consequence !== 'later') {
    return {
      ...base,
      transition: 'fail-receive',
      dueInMs: null,
      events: [{ kind: 'failed', actor, detail }],
    };
  }
  return {
    ...base,
    transition: 'receive-later',
    dueInMs: retryWait(attempts, jitter, known?.retryAfter),
    // The first failure of its kind is news; the hundredth is not.
    events: asset.errorCode === trouble.code ? [] : [{ kind: 'waiting', actor, detail }],
  };
}
