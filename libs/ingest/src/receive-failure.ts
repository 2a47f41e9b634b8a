import { AdapterError } from '@waybill/contract';
import { retryWait } from '@waybill/domain';
import { databaseReason, type AssetMove, type AssetRecord, RowError } from '@waybill/state';
import { ShrunkError } from './shrunk-error.ts';

/**
 * The file moved under the reader, or is not where it was listed: its bytes are no evidence of anything. The listing decides
 * what became of it; it is waited for until it stands still again.
 */
function relistMove(asset: AssetRecord, actor: string, reason: string): AssetMove {
  return {
    id: asset.id,
    transition: 'relist',
    fence: asset.fence,
    patch: { verdict: null, verdict_revision: null, bytes_received: 0, bytes_sent: 0, parts: 0, attempts: 0 },
    trouble: null,
    dueInMs: null,
    events: [{ kind: 'source-changed', actor, detail: { reason } }],
  };
}

/** Its bytes contradict what was read of it before: a person decides. A revision that is listed later is a file of its own. */
function quarantineMove(asset: AssetRecord, actor: string, error: ShrunkError): AssetMove {
  const { message } = error;
  return {
    id: asset.id,
    transition: 'quarantine',
    fence: asset.fence,
    trouble: {
      code: 'shrank',
      message,
      nextStep:
        'Look at what writes it; what it holds now is taken as a new generation as soon as it changes again.',
    },
    dueInMs: null,
    events: [{ kind: 'quarantined', actor, detail: { code: 'shrank', reason: message } }],
  };
}

/** What a failed attempt to receive a file makes of its row. */
export function failureMove(asset: AssetRecord, actor: string, error: unknown, jitter: number): AssetMove {
  const known = error instanceof AdapterError ? error : undefined;
  if (error instanceof ShrunkError) return quarantineMove(asset, actor, error);
  // A file that is not there under its name may have another name by now.
  if (known?.consequence === 'rescan' || known?.code === 'missing')
    return relistMove(asset, actor, known.message);
  const attempts = asset.attempts + 1;
  const told = known ?? (error instanceof RowError ? error : undefined);
  const message =
    told?.message ?? `${asset.source}: ${asset.sourceKey} could not be received: ${databaseReason(error)}.`;
  const trouble = {
    code: known?.code ?? 'internal',
    message,
    nextStep: told?.nextStep ?? 'Waybill tries again by itself; the log of the edge says more.',
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
