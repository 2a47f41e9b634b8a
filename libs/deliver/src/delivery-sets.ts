import {
  moveDeliveries,
  SetWriter,
  throughDeadlocks,
  type Database,
  type DeliveryMove,
} from '@waybill/state';

/** The statements of many running deliveries, gathered into sets. */
export interface DeliverySets {
  /** True when the delivery moved. */
  move(move: DeliveryMove): Promise<boolean>;
}

export function deliverySets(db: Database): DeliverySets {
  const moves = new SetWriter<DeliveryMove, boolean>(async items => {
    const moved = await throughDeadlocks(() => moveDeliveries(db, items));
    return item => moved.has(item.id);
  });
  return { move: move => moves.add(move) };
}
