import type { AssetMove } from './asset-moves.ts';
import { moveAssets } from './asset-moves.ts';
import type { Database } from './database.ts';
import { throughDeadlocks } from './database-reason.ts';
import { SetWriter } from './set-writer.ts';
import {
  liveUploads,
  partsOf,
  recordIntents,
  recordParts,
  recordSent,
  type NewPart,
  type NewUpload,
  type PartRow,
  type SentUploadRow,
  type UploadRecord,
} from './uploads.ts';

/** The statements of many workers on many files, gathered into sets. */
export interface AssetSets {
  /** True when the asset moved. */
  move(move: AssetMove): Promise<boolean>;
  /** True when the intent is committed. */
  intent(upload: NewUpload): Promise<boolean>;
  /** Resolves when it is written, or was left out as a late worker's. */
  part(row: NewPart): Promise<void>;
  /** True when it is recorded: the asset still was the writer's. */
  sent(upload: SentUploadRow): Promise<boolean>;
  liveUpload(assetId: string): Promise<UploadRecord | undefined>;
  parts(uploadId: string): Promise<readonly PartRow[]>;
}

export function assetSets(db: Database): AssetSets {
  const moves = new SetWriter<AssetMove, boolean>(async items => {
    const moved = await throughDeadlocks(() => moveAssets(db, items));
    return item => moved.has(item.id);
  });
  const intents = new SetWriter<NewUpload, boolean>(async items => {
    const written = await throughDeadlocks(() => recordIntents(db, items));
    return item => written.has(item.id);
  });
  const parts = new SetWriter<NewPart, void>(
    async items => {
      // A part sent twice within one set: only its last row can be written by one statement.
      const newest = new Map(items.map(row => [`${row.uploadId} ${row.number}`, row]));
      await recordParts(db, [...newest.values()]);
      return () => undefined;
    },
    { gatherMs: 50 },
  );
  const sent = new SetWriter<SentUploadRow, boolean>(async items => {
    const recorded = await recordSent(db, items);
    return item => recorded.has(item.id);
  });
  const uploads = new SetWriter<string, UploadRecord | undefined>(async ids => {
    const found = await liveUploads(db, ids);
    return id => found.get(id);
  });
  const journals = new SetWriter<string, readonly PartRow[]>(async ids => {
    const found = await partsOf(db, ids);
    return id => found.get(id) ?? [];
  });
  return {
    move: move => moves.add(move),
    intent: upload => intents.add(upload),
    part: row => parts.add(row),
    sent: upload => sent.add(upload),
    liveUpload: assetId => uploads.add(assetId),
    parts: uploadId => journals.add(uploadId),
  };
}
