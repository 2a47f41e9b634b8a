import { createHash } from 'node:crypto';

/** One link of a waybill. `detail` is the exact JSON text that was hashed. */
export interface CustodyLink {
  readonly assetId: string;
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string;
  readonly detail: string;
  readonly prevHash: string;
  readonly hash: string;
}

/** What the first event of every asset is chained to. */
export const chainStart = '0'.repeat(64);

/** The hash of one link: the same text as `waybill_event_hash` in the first migration, so that either side checks the other. */
export function linkHash(link: Omit<CustodyLink, 'hash'>): string {
  const text = [
    link.prevHash,
    link.assetId,
    link.seq,
    link.at.toISOString(),
    link.kind,
    link.actor,
    link.detail,
  ].join('\n');
  return createHash('sha256').update(text).digest('hex');
}

/** Undefined where the chain holds from its start; else one sentence that says which event breaks it and how. */
export function brokenLink(links: readonly CustodyLink[]): string | undefined {
  let prevHash = chainStart;
  for (const [index, link] of links.entries()) {
    if (link.seq !== index + 1)
      return `Event ${index + 1} is missing: the trail goes on with event ${link.seq}.`;
    if (link.prevHash !== prevHash) return `Event ${link.seq} is not chained to the one before it.`;
    if (linkHash(link) !== link.hash) return `Event ${link.seq} was changed after it was written.`;
    prevHash = link.hash;
  }
  return undefined;
}
