import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc32, formatCrc32, type FinalizerLanding } from '@waybill/landing';
import { digestsOf, LandingFixture, smallestPart } from '@waybill/landing/fixture';
import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import {
  claimForEdge,
  claimForFinalizer,
  deliveriesOf,
  findAsset,
  moveAssets,
  openDatabase,
  readCustody,
  recordIntents,
  recordOpened,
  recordParts,
  recordSent,
  takeListing,
  type AssetRecord,
  type Database,
  type FrozenRoute,
} from '@waybill/state';
import { v7 as uuidv7 } from 'uuid';
import { Finalizer } from './finalizer.ts';

const plainRoute: FrozenRoute = {
  deliver: [{ to: 'partner' }],
  metadata: 'always',
  deliverIncomplete: false,
};

/** For tests: sent files, as an edge leaves them, and finalizers that look at them. */
export class FinalizeFixture {
  readonly said: string[] = [];
  /** Nodes that were told to send again. */
  readonly returned: string[] = [];
  private count = 0;

  private constructor(
    readonly fresh: FreshDatabase,
    readonly db: Database,
    readonly store: LandingFixture,
  ) {}

  static async create(): Promise<FinalizeFixture> {
    const servers = testServers();
    const fresh = await freshDatabase(servers.postgresUrl);
    return new FinalizeFixture(fresh, openDatabase(fresh.url), await LandingFixture.on(servers.s3));
  }

  finalizer(landing: FinalizerLanding = this.store.landing.finalizer, db = this.db): Finalizer {
    return new Finalizer({
      db,
      landing,
      landingName: 's3',
      actor: 'cloud-finalizer',
      owner: `finalizer ${Math.random()}`,
      leaseMs: 60_000,
      log: { warn: sentence => this.said.push(sentence) },
      onOwed: () => undefined,
      onReturned: node => this.returned.push(node),
    });
  }

  /** The same database, with its statements counted. */
  counted(statements: { count: number }): Database {
    const db = this.db.$extends({
      query: {
        $allOperations: ({ args, query }) => {
          statements.count += 1;
          return query(args);
        },
      },
    });
    return db as unknown as Database;
  }

  /** A file that the edge holds and begins to send. */
  async held(filename: string, size: number, route: FrozenRoute = plainRoute): Promise<AssetRecord> {
    this.count += 1;
    const [source, node] = [`source-${this.count}`, `node-${this.count}`];
    const item = {
      key: filename,
      filename,
      identity: `inode-${this.count}`,
      revision: '1',
      size,
      contentType: filename.endsWith('.csv') ? 'text/csv' : 'video/mp4',
      landingKey: `${source}/${filename}`,
      route,
    };
    const [row] = await takeListing(this.db, { source, node, landing: 's3', actor: node, items: [item] });
    const id = row?.id ?? '';
    const patch = { verdict: { rule: 'source' }, verdict_revision: '1' };
    await moveAssets(this.db, [{ id, transition: 'ready', patch, dueInMs: 0, events: [] }]);
    return this.take(node);
  }

  /** The edge takes up what came back, or what it found. */
  async take(node: string): Promise<AssetRecord> {
    const claim = { owner: node, limit: 1, leaseMs: 60_000, growing: false, growingSources: [] };
    const [held] = await claimForEdge(this.db, node, claim);
    if (held === undefined) throw new Error(`nothing is due at ${node}`);
    const { id, fence } = held;
    await moveAssets(this.db, [{ id, transition: 'receive', fence, release: false, events: [] }]);
    return held;
  }

  /** A small file, stored whole. */
  async sentWhole(filename: string, text: string, route?: FrozenRoute): Promise<AssetRecord> {
    return this.sendWhole(await this.held(filename, Buffer.byteLength(text), route), text);
  }

  async sendWhole(held: AssetRecord, text: string): Promise<AssetRecord> {
    const { id, fence, landingKey } = held;
    const upload = { id: uuidv7(), fence };
    const intent = { assetId: id, landing: 's3', key: landingKey, token: id, plan: {} };
    await recordIntents(this.db, [{ ...upload, ...intent, kind: 'put' }]);
    const { etag, proofLevel } = await this.store.put(landingKey, Buffer.from(text), id);
    await recordSent(this.db, [{ ...upload, etag, proof: proofLevel }]);
    return this.sent(held, Buffer.from(text), digestsOf(Buffer.from(text)).crc32);
  }

  /** A file in two parts that nobody completed. */
  async sentInParts(filename: string, route?: FrozenRoute): Promise<{ asset: AssetRecord; whole: Buffer }> {
    const whole = randomBytes(smallestPart + 1_000);
    const held = await this.held(filename, whole.length, route);
    return { asset: await this.sendParts(held, whole), whole };
  }

  async sendParts(held: AssetRecord, whole: Buffer): Promise<AssetRecord> {
    const { id, fence, landingKey: key } = held;
    const { edge } = this.store.landing;
    const { signal } = this.store;
    const upload = { id: uuidv7(), fence };
    const intent = { assetId: id, landing: 's3', key, token: id, plan: {} };
    await recordIntents(this.db, [{ ...upload, ...intent, kind: 'multipart' }]);
    const { uploadId } = await edge.begin({ key, token: id, contentType: 'video/mp4', signal });
    await recordOpened(this.db, { ...upload, s3UploadId: uploadId });
    const pieces = [whole.subarray(0, smallestPart), whole.subarray(smallestPart)];
    const rows = [];
    for (const [index, body] of pieces.entries()) {
      const [number, digests] = [index + 1, digestsOf(body)];
      const { etag } = await edge.sendPart({ key, uploadId, number, body, digests, signal });
      const place = { uploadId: upload.id, fence, number, position: index * smallestPart, size: body.length };
      rows.push({ ...place, etag, xxh128: 'not-looked-at', ...digests });
    }
    await recordParts(this.db, rows);
    await recordSent(this.db, [{ ...upload, etag: null, proof: 'in_flight' }]);
    return this.sent(held, whole, combineCrc32(rows));
  }

  async row(asset: AssetRecord): Promise<AssetRecord> {
    const row = await findAsset(this.db, asset.id);
    if (row === undefined) throw new Error('the asset is gone');
    return row;
  }

  async kinds(asset: AssetRecord): Promise<string[]> {
    return (await readCustody(this.db, asset.id)).map(event => event.kind);
  }

  async deliveries(asset: AssetRecord) {
    return (await deliveriesOf(this.db, [asset.id])).get(asset.id) ?? [];
  }

  /** Claims this asset whatever is due, as a finalizer does; others' claims are let go of. */
  async claim(asset: AssetRecord): Promise<AssetRecord> {
    await this.db.$executeRaw`
      UPDATE assets SET due_at = now() WHERE id = ${asset.id}::uuid AND due_at IS NOT NULL`;
    const claimed = await claimForFinalizer(this.db, { owner: 'f', limit: 1_000, leaseMs: 60_000 });
    const mine = claimed.find(row => row.id === asset.id);
    if (mine === undefined) throw new Error('the asset is not due for a finalizer');
    return mine;
  }

  async finalize(asset: AssetRecord, finalizer = this.finalizer()): Promise<AssetRecord> {
    await finalizer.finalize(await this.claim(asset), new AbortController().signal);
    return this.row(asset);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.db.$disconnect();
    await this.fresh.drop();
  }

  private async sent({ id, fence }: AssetRecord, whole: Buffer, crc: string): Promise<AssetRecord> {
    const sha256 = createHash('sha256').update(whole).digest('hex');
    if (crc !== formatCrc32(crc32(whole))) throw new Error('the fixture is wrong about its own bytes');
    const patch = { sha256, xxh128: 'x', crc32: crc, bytes_sent: whole.length };
    const events = [{ kind: 'sent', actor: 'edge', detail: {} }];
    await moveAssets(this.db, [{ id, transition: 'sent', fence, patch, dueInMs: 0, events }]);
    return this.row({ id } as AssetRecord);
  }
}
