import type { Figures } from '../measure/figures.ts';
import type { Side } from '../sides/side.ts';

/** What one side came to in one scenario. */
export type Outcome =
  | { readonly runs: readonly Figures[]; readonly median: Figures }
  /** Why it can't run here, such as that it is not installed: said, never dropped. */
  | { readonly missing: string }
  /** Why it has no figures although it ran: an upload failed or did not verify. */
  | { readonly failed: string };

export interface SideResult {
  readonly side: Pick<Side, 'name' | 'kind'>;
  readonly version: string | undefined;
  readonly outcome: Outcome;
}

export interface Ratios {
  /** How many times as fast as the fastest peer, and as rclone; 2: half the time. */
  readonly speedToFastestPeer: number | undefined;
  readonly speedToRclone: number | undefined;
  /** How much processor time for each second of rclone's; 0.5: half of it. */
  readonly cpuToRclone: number | undefined;
}

export interface ComparedSide extends SideResult {
  readonly ratios: Ratios;
}

const medianOf = (result: SideResult | undefined): Figures | undefined =>
  result !== undefined && 'median' in result.outcome ? result.outcome.median : undefined;

/** Sets each side beside the fastest of the peers (not the bare loops, which keep nothing) and beside rclone. */
export function compare(results: readonly SideResult[]): readonly ComparedSide[] {
  const peers = results.filter(({ side }) => side.kind === 'peer').map(medianOf);
  const walls = peers.filter(figures => figures !== undefined).map(figures => figures.wall);
  const fastest = walls.length === 0 ? undefined : Math.min(...walls);
  const rclone = medianOf(results.find(({ side }) => side.name === 'rclone'));
  return results.map(result => {
    const own = medianOf(result);
    return {
      ...result,
      ratios: {
        speedToFastestPeer: over(fastest, own?.wall),
        speedToRclone: over(rclone?.wall, own?.wall),
        cpuToRclone: over(own?.cpu, rclone?.cpu),
      },
    };
  });
}

function over(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}
