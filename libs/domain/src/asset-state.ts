/** Where a file stands on its way (docs/states.md). */
export const assetStates = [
  'discovered',
  'receiving',
  'pending_completion',
  's3_completed',
  'completed',
  'failed',
  'aborted_no_parts',
  'quarantined',
  'cancelled',
] as const;

export type AssetState = (typeof assetStates)[number];

/** The stage that a `failed` asset failed in: where a retry starts. */
export const failedStages = ['receive', 'finalize', 'metadata'] as const;

export type FailedStage = (typeof failedStages)[number];

interface Transition {
  readonly from: readonly AssetState[];
  readonly to: AssetState;
  readonly failedStage?: FailedStage;
}

/**
 * Every way an asset may move, and the only ones: libs/state builds its conditional statements from this table. A
 * transition from a state to itself changes the row (a new due time, new facts) and not where the file stands.
 */
export const assetTransitions = {
  /** The verdict is given: the edge may read it. */
  ready: { from: ['discovered'], to: 'discovered' },
  /** It may be read while it grows. */
  stream: { from: ['discovered'], to: 'discovered' },
  receive: { from: ['discovered', 'receiving'], to: 'receiving' },
  /** The file moved under the reader: wait for a new verdict. */
  relist: { from: ['discovered', 'receiving'], to: 'discovered' },
  /** A passing trouble: the same stage again, later. */
  'receive-later': { from: ['discovered', 'receiving'], to: 'receiving' },
  sent: { from: ['receiving'], to: 'pending_completion' },
  'parts-rejected': { from: ['pending_completion'], to: 'receiving' },
  'finalize-later': { from: ['pending_completion'], to: 'pending_completion' },
  proven: { from: ['pending_completion'], to: 's3_completed' },
  'metadata-later': { from: ['s3_completed'], to: 's3_completed' },
  complete: { from: ['s3_completed'], to: 'completed' },
  'fail-receive': { from: ['discovered', 'receiving'], to: 'failed', failedStage: 'receive' },
  'fail-finalize': { from: ['pending_completion'], to: 'failed', failedStage: 'finalize' },
  'fail-metadata': { from: ['s3_completed'], to: 'failed', failedStage: 'metadata' },
  'retry-receive': { from: ['failed'], to: 'receiving' },
  'retry-finalize': { from: ['failed'], to: 'pending_completion' },
  'retry-metadata': { from: ['failed'], to: 's3_completed' },
  'no-parts': { from: ['receiving'], to: 'aborted_no_parts' },
  reopen: { from: ['aborted_no_parts'], to: 'discovered' },
  quarantine: { from: ['discovered', 'receiving'], to: 'quarantined' },
  release: { from: ['quarantined'], to: 'discovered' },
  supersede: { from: ['discovered'], to: 'cancelled' },
  abort: {
    from: ['discovered', 'receiving', 'pending_completion', 'failed', 'quarantined', 'aborted_no_parts'],
    to: 'cancelled',
  },
} as const satisfies Record<string, Transition>;

export type AssetTransition = keyof typeof assetTransitions;

/** The transition's rule, with the shape all rules share. */
export function assetTransition(name: AssetTransition): Transition {
  return assetTransitions[name];
}
