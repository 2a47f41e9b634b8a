import { deliveryTransition, type DeliveryTransition } from '@waybill/domain';
import { troubleColumns, type Trouble } from './asset-moves.ts';
import { eventRow, type NewCustodyEvent } from './custody-event.ts';
import { asJson, type Queryable } from './database.ts';

export interface DeliveryMove {
  readonly id: string;
  readonly transition: DeliveryTransition;
  /** The claim's fence; absent only for a person's retry or cancel. */
  readonly fence?: number;
  readonly patch?: {
    readonly attempts?: number;
    readonly bytes_sent?: number;
    readonly receipt?: unknown;
  };
  readonly trouble?: Trouble | null;
  readonly dueInMs?: number | null;
  /** Written in the waybill of the delivery's asset. */
  readonly events: readonly NewCustodyEvent[];
}

/** As moveAssets, for deliveries; their events go to the waybill of their asset. Always lets go of the lease. */
export async function moveDeliveries(
  db: Queryable,
  moves: readonly DeliveryMove[],
): Promise<ReadonlySet<string>> {
  if (moves.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM waybill_move_deliveries(${asJson(moves.map(moveRow))}) AS id`;
  return new Set(rows.map(row => row.id));
}

function moveRow(move: DeliveryMove) {
  const { from, to } = deliveryTransition(move.transition);
  return {
    id: move.id,
    from,
    fence: move.fence ?? null,
    patch: { ...move.patch, state: to, ...troubleColumns(move.trouble) },
    setDue: move.dueInMs !== undefined,
    dueInMs: move.dueInMs === undefined || move.dueInMs === null ? null : Math.round(move.dueInMs),
    release: true,
    events: move.events.map(eventRow),
  };
}
