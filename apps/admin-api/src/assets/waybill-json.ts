import type { CustodyLink } from '@waybill/domain';
import type { Waybill } from '@waybill/state';

/** An asset's custody trail as the API shows it. */
export interface WaybillJson {
  readonly assetId: string;
  readonly verified: boolean;
  /** Where the trail breaks; null where it holds. */
  readonly broken: string | null;
  readonly head: string;
  readonly events: readonly EventJson[];
}

export type EventJson = Omit<CustodyLink, 'assetId' | 'detail'> & { readonly detail: unknown };

export function waybillJson({ assetId, head, broken, events }: Waybill): WaybillJson {
  return {
    assetId,
    verified: broken === undefined,
    broken: broken ?? null,
    head,
    events: events.map(({ seq, at, kind, actor, detail, prevHash, hash }) => ({
      seq,
      at,
      kind,
      actor,
      detail: parsed(detail),
      prevHash,
      hash,
    })),
  };
}

/** What was tampered with may be no JSON any more: it is shown as the text that stands there. */
function parsed(detail: string): unknown {
  try {
    return JSON.parse(detail);
  } catch {
    return detail;
  }
}
