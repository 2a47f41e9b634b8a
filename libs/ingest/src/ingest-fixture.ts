import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKeyTemplate } from '@waybill/domain';
import type { EdgeLanding } from '@waybill/landing';
import { LandingFixture } from '@waybill/landing/fixture';
import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import { watchFolderSource } from '@waybill/source-watch-folder';
import {
  assetSets,
  liveUploads,
  listAssets,
  moveAssets,
  openDatabase,
  partsOf,
  type AssetRecord,
  type Database,
} from '@waybill/state';
import { BufferPool } from '@waybill/transfer';
import type { EdgeSource } from './edge-source.ts';
import { Receiver } from './receiver.ts';
import { SourceScan } from './source-scan.ts';

export const partSize = 5 * 1024 ** 2;

/** For tests: a database and a store of their own; every site on it has its own folder, source and node. */
export class IngestFixture {
  private sites = 0;
  private readonly folders: string[] = [];

  private constructor(
    readonly fresh: FreshDatabase,
    readonly db: Database,
    readonly store: LandingFixture,
  ) {}

  static async create(): Promise<IngestFixture> {
    const servers = testServers();
    const fresh = await freshDatabase(servers.postgresUrl);
    return new IngestFixture(fresh, openDatabase(fresh.url), await LandingFixture.on(servers.s3));
  }

  async site(): Promise<Site> {
    this.sites += 1;
    const folder = await mkdtemp(join(tmpdir(), 'waybill-ingest-'));
    this.folders.push(folder);
    return new Site(this, folder, `node-${this.sites}`, `source-${this.sites}`);
  }

  /** The same database, with its statements counted. */
  countStatements(): { readonly db: Database; count(): number } {
    let statements = 0;
    const db = this.db.$extends({
      query: {
        $allOperations: ({ args, query }) => {
          statements += 1;
          return query(args);
        },
      },
    });
    return { db: db as unknown as Database, count: () => statements };
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.db.$disconnect();
    await this.fresh.drop();
    for (const folder of this.folders.flatMap(path => [path, asideOf(path)]))
      await rm(folder, { recursive: true, force: true });
  }
}

/** A place beside a watched folder, on the same disk. */
export const asideOf = (folder: string) => `${folder}-aside`;

/** One edge with one watched folder. */
export class Site {
  readonly source: EdgeSource;
  readonly scan: SourceScan;
  /** Sentences that were logged. */
  readonly said: string[] = [];

  constructor(
    readonly on: IngestFixture,
    readonly folder: string,
    readonly node: string,
    readonly name: string,
  ) {
    const key = parseKeyTemplate('{source}/{key}');
    if ('refused' in key) throw new Error(key.refused);
    const config = watchFolderSource.config.parse({ path: folder });
    this.source = {
      name,
      adapter: watchFolderSource.create(config, { name, reveal: () => '' }),
      scanEveryMs: 1_000,
      idleMs: 0,
      key: key.template,
      route: { deliver: [], metadata: 'always', deliverIncomplete: false },
    };
    this.scan = this.scanOn(on.db);
  }

  /** As another process would begin: remembering nothing. */
  scanOn(db: Database): SourceScan {
    const { node } = this;
    return new SourceScan({ db, node, landing: 's3', actor: node }, this.source);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Lists the folder; the second listing that finds a file unchanged gives its verdict. */
  async list(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) await this.scan.run(new AbortController().signal);
  }

  receiver(
    landing: EdgeLanding = this.on.store.landing.edge,
    sources = [this.source],
    db = this.on.db,
  ): Receiver {
    const { store } = this.on;
    return new Receiver(
      {
        db,
        sets: assetSets(db),
        landing,
        landingName: 's3',
        uploads: store.landing.finalizer,
        pool: new BufferPool(64 * 1024 ** 2),
        actor: this.node,
        partSize,
        partsAtOnce: 1,
        node: this.node,
        owner: `${this.node} ${Math.random()}`,
        leaseMs: 60_000,
        log: { info: () => undefined, warn: sentence => this.said.push(sentence) },
        onSent: () => undefined,
        onRelisted: (_source, identity) => this.scan.forget(identity),
      },
      sources,
    );
  }

  /** One claim, everything in it received. */
  async receive(receiver: Receiver = this.receiver()): Promise<number> {
    const claimed = await receiver.claim(100);
    await Promise.all(claimed.map(asset => receiver.receive(asset, new AbortController().signal)));
    return claimed.length;
  }

  /** Newest first. */
  async assets(): Promise<readonly AssetRecord[]> {
    return (await listAssets(this.on.db, { source: this.name, limit: 100 })).items;
  }

  async only(): Promise<AssetRecord> {
    const [asset, ...more] = await this.assets();
    if (asset === undefined || more.length > 0)
      throw new Error(`the source has ${more.length + (asset === undefined ? 0 : 1)} assets, not one`);
    return asset;
  }

  /** Whatever waits out a pause is due now. */
  async hurry(): Promise<void> {
    await this.on.db.$executeRaw`
      UPDATE assets SET due_at = now() WHERE source = ${this.name} AND due_at IS NOT NULL AND lease_owner IS NULL`;
  }

  /** As the finalizer: Complete from the recorded parts; what is refused goes back to be sent again. */
  async complete(asset: AssetRecord): Promise<string> {
    const { db, store } = this.on;
    const upload = (await liveUploads(db, [asset.id])).get(asset.id);
    if (upload?.s3UploadId === undefined || upload.s3UploadId === null) throw new Error('no upload id');
    const parts = (await partsOf(db, [upload.id])).get(upload.id) ?? [];
    const { landingKey: key, size, id: token } = asset;
    const known = { key, size, token, parts, uploadId: upload.s3UploadId };
    const { outcome } = await store.landing.finalizer.complete({ ...known, signal: store.signal });
    if (outcome !== 'proven')
      await moveAssets(db, [
        {
          id: asset.id,
          transition: 'parts-rejected',
          patch: { attempts: 1 },
          trouble: { code: 'parts-rejected', message: 'It could not be made.', nextStep: 'Wait.' },
          dueInMs: 0,
          events: [],
        },
      ]);
    return outcome;
  }
}
