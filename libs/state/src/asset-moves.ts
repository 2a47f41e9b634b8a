import { assetTransition, type AssetTransition } from '@waybill/domain';
import { eventRow, type NewCustodyEvent } from './custody-event.ts';
import { asJson, type Queryable } from './database.ts';

/** Columns that a move may set beside the state; names as in the schema. */
export interface AssetPatch {
  readonly incomplete?: boolean;
  readonly attempts?: number;
  readonly size?: number;
  readonly bytes_received?: number;
  readonly bytes_sent?: number;
  readonly parts?: number;
  readonly verdict?: unknown;
  readonly verdict_revision?: string | null;
  readonly sha256?: string;
  readonly xxh128?: string;
  readonly crc32?: string;
  readonly landing_size?: number;
  readonly landing_etag?: string;
  readonly landing_proof?: string;
  readonly source_key?: string;
  readonly revision?: string;
}

/** Why it stands still or waits, for a person. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

export interface AssetMove {
  readonly id: string;
  readonly transition: AssetTransition;
  /** The claim's fence; absent only where no worker can hold the row (a person's retry, discovery by the owning node). */
  readonly fence?: number;
  readonly patch?: AssetPatch;
  /** Shown with the row from now on; null takes the last one away; absent leaves it. */
  readonly trouble?: Trouble | null;
  /** Milliseconds from now until the row wants an app; null: nobody has to do anything; absent: unchanged. */
  readonly dueInMs?: number | null;
  /** Lets go of the lease. Default true. */
  readonly release?: boolean;
  readonly events: readonly NewCustodyEvent[];
}

/**
 * Moves assets by the transition table, each only if its state and fence still are what the caller believes, and writes
 * their custody events in the same transaction. Answers the ids that moved; the others were moved by somebody else.
 */
export async function moveAssets(db: Queryable, moves: readonly AssetMove[]): Promise<ReadonlySet<string>> {
  if (moves.length === 0) return new Set();
  const rows = await db.$queryRaw<
    { id: string }[]
  >`SELECT id::text FROM waybill_move_assets(${asJson(moves.map(moveRow))}) AS id`;
  return new Set(rows.map(row => row.id));
}

function moveRow(move: AssetMove) {
  const { from, to, failedStage } = assetTransition(move.transition);
  return {
    id: move.id,
    from,
    fence: move.fence ?? null,
    patch: { ...move.patch, state: to, failed_stage: failedStage ?? null, ...troubleColumns(move.trouble) },
    setDue: move.dueInMs !== undefined,
    dueInMs: move.dueInMs === undefined || move.dueInMs === null ? null : Math.round(move.dueInMs),
    release: move.release ?? true,
    events: move.events.map(eventRow),
  };
}

/** The three columns behind an error as the API shows it. */
export function troubleColumns(trouble: Trouble | null | undefined) {
  if (trouble === undefined) return {};
  return {
    error_code: trouble?.code ?? null,
    error_message: trouble?.message ?? null,
    error_next_step: trouble?.nextStep ?? null,
  };
}
