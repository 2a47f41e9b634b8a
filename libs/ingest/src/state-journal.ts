import type { AssetRecord, AssetSets, NewPart, UploadRecord } from '@waybill/state';
import type { JournalPart, UploadIntent, UploadJournal } from '@waybill/transfer';
import { v7 as uuidv7 } from 'uuid';
import { recordOpened, endUploads, type Database } from '@waybill/state';

/** The asset passed to another owner while its file was being sent: nothing of this attempt counts any more. */
export class LostAssetError extends Error {
  override readonly name = 'LostAssetError';
}

/** A transfer's journal in Postgres: intents before effects, parts written behind in sets with those of all other files. */
export class StateJournal implements UploadJournal {
  private uploadId: string;
  private committed: boolean;
  private readonly pending = new Set<Promise<void>>();
  private readonly unwritten: NewPart[] = [];

  /** @param upload the upload of an earlier attempt that this one continues */
  constructor(
    private readonly db: Database,
    private readonly sets: AssetSets,
    private readonly asset: AssetRecord,
    private readonly plan: unknown,
    upload: UploadRecord | undefined,
  ) {
    this.uploadId = upload?.id ?? uuidv7();
    this.committed = upload !== undefined;
  }

  /** The upload's row. */
  get id(): string {
    return this.uploadId;
  }

  async intent({ key, token, kind }: UploadIntent): Promise<void> {
    if (this.committed) return;
    const { id: assetId, fence, landing } = this.asset;
    const written = await this.sets.intent({
      id: this.uploadId,
      assetId,
      fence,
      landing,
      key,
      token,
      kind,
      plan: this.plan,
    });
    if (!written) throw new LostAssetError(`${this.asset.filename} was taken over by another worker.`);
    this.committed = true;
  }

  async opened(s3UploadId: string): Promise<void> {
    const { fence, filename } = this.asset;
    const recorded = await recordOpened(this.db, { id: this.uploadId, fence, s3UploadId });
    if (!recorded) throw new LostAssetError(`${filename} was taken over by another worker.`);
  }

  async gone(): Promise<{ readonly token: string }> {
    await endUploads(this.db, [{ id: this.uploadId, fence: this.asset.fence }], 'aborted');
    this.uploadId = uuidv7();
    this.committed = false;
    return { token: this.asset.id };
  }

  part(row: JournalPart): void {
    const { offset, ...part } = row;
    const written: NewPart = {
      ...part,
      uploadId: this.uploadId,
      fence: this.asset.fence,
      position: offset,
    };
    const writing = this.sets.part(written).catch(() => {
      // A row that can't be written now is kept for the flush; after a crash the store's own list has the part.
      this.unwritten.push(written);
    });
    this.pending.add(writing);
    void writing.finally(() => this.pending.delete(writing));
  }

  /** Rejects while the database takes no rows: the parts stand, and the next attempt finds them. */
  async flush(): Promise<void> {
    await Promise.all(this.pending);
    await Promise.all(this.unwritten.splice(0).map(row => this.sets.part(row)));
  }
}
