import type { SourceItem } from '@waybill/contract';
import { FinishTracker } from '@waybill/domain';
import {
  moveAssets,
  takeListing,
  waitingAtSource,
  type AssetMove,
  type Database,
  type KnownIdentity,
  type ListedItem,
  type WaitingFile,
} from '@waybill/state';
import type { EdgeSource } from './edge-source.ts';
import { modifiedAtText, type StoredVerdict } from './file-stillness.ts';
import { KnownFiles } from './known-files.ts';
import { listedItem } from './listed-item.ts';

/** Rows of one statement. */
const setSize = 500;

export interface ScanPlace {
  readonly db: Database;
  readonly node: string;
  readonly landing: string;
  readonly actor: string;
}

export interface ScanResult {
  readonly files: number;
  /** Verdicts given: the edge has files to read. */
  readonly ready: number;
}

/**
 * One source's listings turned into rows: new files and generations are discovered, finished ones get their verdict, and
 * what is gone is said to be gone. A listing that fails changes nothing.
 */
export class SourceScan {
  private readonly tracker: FinishTracker;
  private readonly known = new KnownFiles();
  /** Streams that this scan asked for. */
  private streaming = 0;
  private missingOnce: ReadonlySet<string> = new Set();

  constructor(
    private readonly place: ScanPlace,
    private readonly source: EdgeSource,
  ) {
    this.tracker = new FinishTracker(source.idleMs ?? Infinity);
  }

  /** The reader gave this file back: its next verdict needs a fresh look. */
  forget(identity: string): void {
    this.known.forget(identity);
  }

  /** Rejects with the source's AdapterError, or the database's error; both are repeated at the next scan. */
  async run(signal: AbortSignal): Promise<ScanResult> {
    const listed = new Map<string, SourceItem>();
    const verdicts = new Map<string, StoredVerdict>();
    this.tracker.beginScan();
    for await (const item of this.source.adapter.list(signal)) {
      listed.set(item.identity, item);
      const evidence = this.tracker.observe(item, performance.now());
      if (evidence !== undefined)
        verdicts.set(item.identity, { ...evidence, modifiedAt: modifiedAtText(item.modifiedAt) });
    }
    this.tracker.endScan();
    this.known.keepOnly(new Set(listed.keys()));
    await this.takeChanged(listed);
    const ready = (await this.giveVerdicts(verdicts)) + this.streaming;
    this.streaming = 0;
    await this.settleWaiting(listed);
    return { files: listed.size, ready };
  }

  private async takeChanged(listed: ReadonlyMap<string, SourceItem>): Promise<void> {
    const changed: ListedItem[] = [];
    for (const item of listed.values()) {
      const known = this.known.of(item.identity);
      if (known?.revision === item.revision && known.key === item.key) continue;
      changed.push(listedItem(this.source, item));
    }
    for (const items of inSets(changed)) {
      const rows = await takeListing(this.place.db, { ...this.place, source: this.source.name, items });
      await this.startStreams(rows, listed);
      for (const row of rows) {
        const item = listed.get(row.identity);
        if (item === undefined) continue;
        const settled = row.state !== 'discovered' || row.verdictRevision === item.revision;
        // Its reader holds it: what it will become of this revision is not known yet, so look again.
        if (row.state === 'receiving' && row.verdictRevision !== item.revision) continue;
        this.known.set(row.identity, { assetId: row.id, key: item.key, revision: item.revision, settled });
      }
    }
  }

  /** Growing files that fill a part are read now; a smaller one is one small object once it is finished. */
  private async startStreams(
    rows: readonly KnownIdentity[],
    listed: ReadonlyMap<string, SourceItem>,
  ): Promise<void> {
    const { streamFrom } = this.source;
    if (streamFrom === undefined) return;
    const growing = rows.filter(
      row =>
        row.state === 'discovered' &&
        row.verdictRevision === null &&
        (listed.get(row.identity)?.size ?? 0) > streamFrom,
    );
    const moved = await moveAssets(
      this.place.db,
      growing.map(({ id }) => ({ id, transition: 'stream', dueInMs: 0, release: false, events: [] })),
    );
    this.streaming += moved.size;
  }

  private async giveVerdicts(verdicts: ReadonlyMap<string, StoredVerdict>): Promise<number> {
    const moves: (AssetMove & { readonly identity: string })[] = [];
    for (const [identity, evidence] of verdicts) {
      const known = this.known.of(identity);
      if (known === undefined || known.settled || known.revision !== evidence.revision) continue;
      moves.push({
        identity,
        id: known.assetId,
        transition: 'ready',
        patch: {
          verdict: evidence,
          verdict_revision: evidence.revision,
          revision: evidence.revision,
          size: evidence.size,
        },
        dueInMs: 0,
        events: [{ kind: 'finished', actor: this.place.actor, detail: { ...evidence } }],
      });
    }
    for (const set of inSets(moves)) {
      await moveAssets(this.place.db, set);
      for (const { identity } of set) {
        const known = this.known.of(identity);
        if (known !== undefined) this.known.set(identity, { ...known, settled: true });
      }
    }
    return moves.length;
  }

  /** Looks at every file that waits: the rows decide, whatever this process remembers. */
  private async settleWaiting(listed: ReadonlyMap<string, SourceItem>): Promise<void> {
    const waiting = await waitingAtSource(this.place.db, this.source.name);
    for (const { identity, verdictRevision } of waiting) {
      const known = this.known.of(identity);
      if (known?.settled === true && known.revision !== verdictRevision) this.known.forget(identity);
    }
    await this.settleMissing(
      waiting.filter(row => !listed.has(row.identity)),
      new Set([...listed.values()].map(item => item.key)),
    );
  }

  /** Twice unseen is gone: a file that is renamed while a folder is walked can be missed once. */
  private async settleMissing(missing: readonly WaitingFile[], names: ReadonlySet<string>): Promise<void> {
    const gone = missing.filter(row => this.missingOnce.has(row.id));
    this.missingOnce = new Set(missing.map(row => row.id));
    const moves = gone.map(row => this.goneMove(row, names.has(row.sourceKey)));
    for (const set of inSets(moves)) await moveAssets(this.place.db, set);
  }

  private goneMove({ id, fence, sourceKey: key, begun }: WaitingFile, replaced: boolean): AssetMove {
    const { actor } = this.place;
    if (replaced && !begun) {
      return {
        id,
        fence,
        transition: 'supersede',
        dueInMs: null,
        events: [
          {
            kind: 'superseded',
            actor,
            detail: { key, reason: 'Another file took its name before it was read.' },
          },
        ],
      };
    }
    const what = begun ? 'it was not read to its end' : 'nothing of it was read';
    const how = replaced ? 'was replaced by another file under its name' : 'is gone from the source';
    const message = `${this.source.name}: ${key} ${how}; ${what}.`;
    return {
      id,
      fence,
      transition: 'fail-receive',
      trouble: {
        code: 'missing',
        message,
        nextStep: 'Put the file back under its name and retry, or abort the asset.',
      },
      dueInMs: null,
      events: [{ kind: 'failed', actor, detail: { stage: 'receive', code: 'missing', message } }],
    };
  }
}

function* inSets<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += setSize) yield items.slice(start, start + setSize);
}
