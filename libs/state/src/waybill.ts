import { brokenLink, type CustodyLink } from '@waybill/domain';
import { findAsset, readCustody } from './asset-queries.ts';
import type { Database } from './database.ts';

/** The custody trail of an asset, and whether it holds. */
export interface Waybill {
  readonly assetId: string;
  readonly events: readonly CustodyLink[];
  /** The hash that the asset's own row names as the trail's end. */
  readonly head: string;
  /** Undefined where the trail holds; else one sentence that says where it breaks. */
  readonly broken: string | undefined;
}

/** Reads trail and head at one moment: events cut off at the end show as well as changed ones. Undefined: no such asset. */
export async function readWaybill(db: Database, assetId: string): Promise<Waybill | undefined> {
  const found = await db.$transaction(
    async tx => {
      const asset = await findAsset(tx, assetId);
      return asset === undefined ? undefined : { asset, events: await readCustody(tx, asset.id) };
    },
    { isolationLevel: 'RepeatableRead' },
  );
  if (found === undefined) return undefined;
  const { asset, events } = found;
  const head = asset.custodyHash;
  return { assetId: asset.id, events, head, broken: brokenLink(events) ?? cutOff(events, head) };
}

function cutOff(events: readonly CustodyLink[], head: string): string | undefined {
  const last = events.at(-1);
  if (last === undefined) return 'The trail is empty: every asset has at least the event of its discovery.';
  if (last.hash === head) return undefined;
  return `The trail ends with event ${last.seq}, which is not the last one that was written.`;
}
