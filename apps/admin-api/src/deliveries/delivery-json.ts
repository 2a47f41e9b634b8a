import type { DeliveryState } from '@waybill/domain';
import type { DeliveryRecord } from '@waybill/state';
import { errorJson, type ErrorJson } from '../error-json.ts';

/** A delivery as the API shows it (design, section 7). Sizes in bytes. */
export interface DeliveryJson {
  readonly id: string;
  readonly assetId: string;
  readonly destination: string;
  readonly state: DeliveryState;
  readonly path: string;
  readonly size: number;
  readonly bytesSent: number;
  readonly attempts: number;
  /** While it waits; null: nothing is due, or the route's earlier destinations come first. */
  readonly nextAttemptAt: Date | null;
  readonly priority: number;
  readonly error: ErrorJson | null;
  /** `{ outcome, evidence, proofLevel }` once delivered. */
  readonly receipt: unknown;
  readonly deliveredAt: Date | null;
}

export function deliveryJson(row: DeliveryRecord): DeliveryJson {
  const { id, assetId, destination, state, path, size, bytesSent, attempts, priority } = row;
  return {
    id,
    assetId,
    destination,
    state,
    path,
    size,
    bytesSent,
    attempts,
    nextAttemptAt: state === 'waiting' ? row.dueAt : null,
    priority,
    error: errorJson(row),
    receipt: row.receipt ?? null,
    deliveredAt: row.deliveredAt,
  };
}
