/** Where a delivery stands; its failure never changes the asset. */
export const deliveryStates = ['waiting', 'delivering', 'delivered', 'failed', 'cancelled'] as const;

export type DeliveryState = (typeof deliveryStates)[number];

interface Transition {
  readonly from: readonly DeliveryState[];
  readonly to: DeliveryState;
}

/** Every way a delivery may move. A claim moves `waiting` (or a `delivering` whose lease ended) to `delivering`. */
export const deliveryTransitions = {
  delivered: { from: ['delivering'], to: 'delivered' },
  later: { from: ['delivering'], to: 'waiting' },
  fail: { from: ['delivering'], to: 'failed' },
  /** A person's: also one that waits out a passing trouble starts now. */
  retry: { from: ['failed', 'cancelled', 'waiting'], to: 'waiting' },
  cancel: { from: ['waiting', 'failed'], to: 'cancelled' },
} as const satisfies Record<string, Transition>;

export type DeliveryTransition = keyof typeof deliveryTransitions;

/** The transition's rule, with the shape all rules share. */
export function deliveryTransition(name: DeliveryTransition): Transition {
  return deliveryTransitions[name];
}
