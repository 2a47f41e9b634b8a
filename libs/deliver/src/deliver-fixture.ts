import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FolderFarEnd } from '@waybill/conformance';
import type { DestinationAdapter } from '@waybill/contract';
import { sftpDestination } from '@waybill/destination-sftp';
import { LandingFixture } from '@waybill/landing/fixture';
import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import {
  completeAssets,
  deliveriesOf,
  listDestinations,
  moveAssets,
  openDatabase,
  readCustody,
  registerDestinations,
  takeListing,
  type Database,
  type DeliveryRecord,
  type OwedDelivery,
} from '@waybill/state';
import { deliverySets } from './delivery-sets.ts';
import { DestinationWork } from './destination-work.ts';

const { postgresUrl, s3, sftp } = testServers();

/** For tests: proven objects that are owed to a folder on an OpenSSH server. */
export class DeliverFixture {
  readonly folder: FolderFarEnd;
  readonly said: string[] = [];
  woken = 0;
  private readonly directory = `/upload/deliver-${randomUUID()}`;
  private readonly opened: DestinationWork[] = [];
  private count = 0;

  private constructor(
    readonly fresh: FreshDatabase,
    readonly db: Database,
    readonly store: LandingFixture,
  ) {
    this.folder = new FolderFarEnd(join(sftp.root, this.directory));
  }

  static async create(): Promise<DeliverFixture> {
    const fresh = await freshDatabase(postgresUrl);
    const fixture = new DeliverFixture(fresh, openDatabase(fresh.url), await LandingFixture.on(s3));
    await fixture.folder.make();
    return fixture;
  }

  adapter(over: Record<string, unknown> = {}): DestinationAdapter {
    const config = sftpDestination.config.parse({
      host: sftp.host,
      port: sftp.port,
      username: sftp.username,
      password: { env: 'PASSWORD' },
      hostKeys: sftp.hostKeys,
      directory: this.directory,
      timeouts: { connect: '3s', request: '2s', idle: '300ms' },
      ...over,
    });
    return sftpDestination.create(config, { name: 'partner', reveal: () => sftp.password });
  }

  async work(name = 'partner', adapter = this.adapter()): Promise<DestinationWork> {
    await registerDestinations(this.db, [{ name, type: 'sftp' }]);
    const work = new DestinationWork(name, adapter, {
      db: this.db,
      sets: deliverySets(this.db),
      landing: this.store.landing.finalizer,
      landingName: 's3',
      actor: 'delivery-service',
      owner: `delivery ${randomUUID()}`,
      leaseMs: 60_000,
      log: { info: () => undefined, warn: sentence => this.said.push(sentence) },
      onDelivered: () => (this.woken += 1),
    });
    this.opened.push(work);
    return work;
  }

  /** A completed asset with what it owes. Answers its id. */
  async owed(
    text: string,
    deliveries: readonly OwedDelivery[],
    of: {
      readonly key?: string;
      readonly identity?: string;
      readonly revision?: string;
      readonly source?: string;
    } = {},
  ): Promise<string> {
    this.count += 1;
    const { key = `file-${this.count}.csv`, identity = `inode-${this.count}`, revision = '1' } = of;
    const source = of.source ?? `source-${this.count}`;
    const body = Buffer.from(text);
    const item = {
      key,
      filename: key.split('/').at(-1) ?? key,
      identity,
      revision,
      size: body.length,
      contentType: 'text/csv',
      landingKey: `${source}/${key}`,
      route: { deliver: [], metadata: 'never' as const, deliverIncomplete: false },
    };
    const listing = { source, node: 'node', landing: 's3', actor: 'edge', items: [item] };
    const [row] = await takeListing(this.db, listing);
    const id = row?.id ?? '';
    const [{ landingKey } = { landingKey: '' }] = await this.db.$queryRaw<{ landingKey: string }[]>`
      UPDATE assets SET verdict_revision = revision WHERE id = ${id}::uuid RETURNING landing_key AS "landingKey"`;
    const { etag } = await this.store.put(landingKey, body, id);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const proof = { landing_size: body.length, landing_etag: etag, landing_proof: 'in_flight' };
    await moveAssets(this.db, [{ id, transition: 'receive', events: [] }]);
    await moveAssets(this.db, [{ id, transition: 'sent', patch: { sha256 }, events: [] }]);
    await moveAssets(this.db, [{ id, transition: 'proven', patch: proof, events: [] }]);
    const move = { id, transition: 'complete' as const, dueInMs: null, events: [] };
    await completeAssets(this.db, [{ move, size: body.length, priority: 0, actor: 'f', deliveries }]);
    return id;
  }

  /** One claim of a destination, everything in it delivered; answers how many. */
  async run(work: DestinationWork): Promise<number> {
    const claimed = await work.claim(50);
    await Promise.all(claimed.map(delivery => work.deliver(delivery, new AbortController().signal)));
    return claimed.length;
  }

  async deliveries(assetId: string): Promise<readonly DeliveryRecord[]> {
    return (await deliveriesOf(this.db, [assetId])).get(assetId) ?? [];
  }

  async delivery(assetId: string): Promise<DeliveryRecord> {
    const [delivery] = await this.deliveries(assetId);
    if (delivery === undefined) throw new Error('the asset owes nothing');
    return delivery;
  }

  async kinds(assetId: string): Promise<string[]> {
    return (await readCustody(this.db, assetId)).map(event => event.kind);
  }

  async condition(name = 'partner') {
    return (await listDestinations(this.db)).find(destination => destination.name === name);
  }

  async hurry(): Promise<void> {
    await this.db
      .$executeRaw`UPDATE deliveries SET due_at = now() WHERE due_at IS NOT NULL AND lease_owner IS NULL`;
  }

  /** Ends what the last test began. */
  async rest(): Promise<void> {
    for (const work of this.opened.splice(0)) await work.close();
    await this.db.$executeRaw`DELETE FROM deliveries`;
    this.said.length = 0;
    this.woken = 0;
  }

  async close(): Promise<void> {
    await this.rest();
    await this.folder.remove();
    await this.store.close();
    await this.db.$disconnect();
    await this.fresh.drop();
  }
}

/** Owed to `destination`, under `path`. */
export const owes = (path: string, destination = 'partner', after: readonly string[] = []): OwedDelivery => ({
  destination,
  path,
  after,
});
