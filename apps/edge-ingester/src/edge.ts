import type { BeforeApplicationShutdown } from '@nestjs/common';
import { EdgeNode, Receiver, SourceWatch } from '@waybill/ingest';
import { createS3Landing } from '@waybill/landing';
import type { AppLog, AppSetting } from '@waybill/platform';
import { finalizerWork, LeasedLoop, type WakeUpHandlers, type WakeUps } from '@waybill/queue';
import { assetSets, renewLeases, type AssetRecord } from '@waybill/state';
import { BufferPool } from '@waybill/transfer';
import { edgeSources } from './edge-sources.ts';
import { version } from './version.ts';

const leaseMs = 30_000;
const filesAtOnce = 16;
const streamsAtOnce = 64;
const partsAtOnce = 4;
/** All files together; an edge is a small computer. */
const memoryBudget = 48 * 1024 ** 2;
const graceMs = 8_000;

/** An edge at work: it watches its sources and receives what is finished. */
export class Edge implements BeforeApplicationShutdown {
  private readonly node: EdgeNode;
  private readonly watches: readonly SourceWatch[];
  /** Finished files, and growing ones: those mostly wait, and must not take the others' places. */
  private readonly loops: readonly LeasedLoop<AssetRecord>[];
  private readonly receiver: Receiver;
  private readonly stopping = new AbortController();
  private progress: NodeJS.Timeout | undefined;

  constructor(
    private readonly setting: AppSetting,
    private readonly log: AppLog,
    wakeUps: WakeUps,
    handlers: WakeUpHandlers,
  ) {
    const { config, database: db, landingName } = setting;
    const actor = `edge-ingester@${config.node}`;
    const sources = edgeSources(config);
    const landing = createS3Landing(setting.landing);
    this.node = new EdgeNode(db, config.node, version, log, () => this.lost());
    this.watches = sources.map(
      source =>
        new SourceWatch({ db, node: config.node, landing: landingName, actor }, source, log, () =>
          this.wake(),
        ),
    );
    this.receiver = new Receiver(
      {
        db,
        sets: assetSets(db),
        landing: landing.edge,
        landingName,
        uploads: landing.finalizer,
        pool: new BufferPool(memoryBudget),
        actor,
        partSize: config.landing.partSize,
        partsAtOnce: config.landing.concurrency ?? partsAtOnce,
        node: config.node,
        owner: actor,
        leaseMs,
        log,
        onSent: assetId => wakeUps.wake(finalizerWork, { assetId }),
        onRelisted: (name, identity) => this.relist(name, identity),
      },
      sources,
    );
    const loop = (name: string, concurrency: number, growing: boolean) =>
      new LeasedLoop<AssetRecord>({
        name,
        concurrency,
        claim: limit => this.receiver.claim(limit, growing),
        work: (asset, signal) => this.receiver.receive(asset, signal),
        giveBack: assets => this.receiver.giveBack(assets),
        renew: held => renewLeases(db, 'assets', held, leaseMs),
        leaseMs,
        log,
      });
    const growing = sources.some(source => source.streamFrom !== undefined);
    this.loops = [
      loop('receiving', filesAtOnce, false),
      ...(growing ? [loop('following', streamsAtOnce, true)] : []),
    ];
    handlers.handle('edge.work', () => this.wake());
  }

  /** Takes the node's name, then begins; the database was reached before. */
  async begin(): Promise<void> {
    await this.node.take(
      this.setting.config.sources.map(({ name, type }) => ({ name, type })),
      this.stopping.signal,
    );
    this.loops.forEach(loop => loop.start());
    this.watches.forEach(watch => watch.start());
    this.progress = setInterval(() => void this.tellProgress(), 1_000);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The edge is stopping.'));
    clearInterval(this.progress);
    await Promise.all([
      ...this.loops.map(loop => loop.stop(graceMs)),
      ...this.watches.map(watch => watch.stop()),
    ]);
    await this.node
      .leave()
      .catch((error: unknown) =>
        this.log.warn('The node could not be left in order; its lease runs out.', error),
      );
  }

  private wake(): void {
    this.loops.forEach(loop => loop.wake());
  }

  private relist(name: string, identity: string): void {
    const watch = this.watches.find(candidate => candidate.name === name);
    watch?.scan.forget(identity);
    watch?.hint();
  }

  private async tellProgress(): Promise<void> {
    try {
      await this.receiver.tellProgress();
    } catch (error) {
      this.log.debug(
        `Progress could not be recorded (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }

  /** Another process has the name: whatever this one still holds is not its own any more. */
  private lost(): void {
    this.log.fatal(
      `Another process works as the edge node "${this.setting.config.node}" now; this one ends.`,
    );
    process.exit(78);
  }
}
