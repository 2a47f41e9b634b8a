import type { AssetState } from './asset-state.ts';

/** What is known of the newest generation of an identity. */
export interface KnownAsset {
  readonly generation: number;
  readonly state: AssetState;
  /** The revision last seen. */
  readonly revision: string;
  /** The revision that the finish verdict was given for; null before it. */
  readonly verdictRevision: string | null;
}

/** What a listed file means for the rows (design 2.2). */
export type Discovery =
  | { readonly is: 'new'; readonly generation: number }
  /** Nothing to do: the row says the same. */
  | { readonly is: 'known' }
  /** The open asset moved: note it, and wait for stillness again. */
  | { readonly is: 'moved' }
  /** A stream that ended with no data has bytes now. */
  | { readonly is: 'reopened' };

/**
 * Decides without I/O what a listed revision of an identity is. While an asset is open a moved revision is growth; once
 * it was read, another revision opens the next generation; a failed, quarantined or cancelled row never blocks a new one.
 */
export function discover(
  known: KnownAsset | undefined,
  listed: { readonly revision: string; readonly size: number },
): Discovery {
  if (known === undefined) return { is: 'new', generation: 1 };
  switch (known.state) {
    case 'discovered':
      return known.revision === listed.revision ? { is: 'known' } : { is: 'moved' };
    case 'receiving':
      // The reader holds the file and compares it with its verdict when it is done.
      return { is: 'known' };
    case 'aborted_no_parts':
      return listed.size > 0 ? { is: 'reopened' } : { is: 'known' };
    case 'pending_completion':
    case 's3_completed':
    case 'completed':
    case 'failed':
    case 'quarantined':
    case 'cancelled':
      return (known.verdictRevision ?? known.revision) === listed.revision
        ? { is: 'known' }
        : { is: 'new', generation: known.generation + 1 };
  }
}
