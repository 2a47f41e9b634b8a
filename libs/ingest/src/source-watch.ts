import { AdapterError } from '@waybill/contract';
import { databaseReason, recordSourceCondition, type SourceCondition } from '@waybill/state';
import type { EdgeLog, EdgeSource } from './edge-source.ts';
import { SourceScan, type ScanPlace } from './source-scan.ts';

/** Milliseconds between two scans however many hints come. */
const hintPauseMs = 200;
/** Milliseconds after which an unchanged condition is written again, so that a person sees that it is fresh. */
const conditionEveryMs = 15_000;

/** Lists one source again and again until it is stopped; hints make it sooner, nothing but stop() ends it. */
export class SourceWatch {
  readonly scan: SourceScan;
  private readonly stopping = new AbortController();
  private wake: (() => void) | undefined;
  private hinted = false;
  private running: Promise<unknown> | undefined;
  private lastCondition = '';
  private conditionAt = -Infinity;

  constructor(
    private readonly place: ScanPlace,
    private readonly source: EdgeSource,
    private readonly log: EdgeLog,
    /** Files became ready to be read. */
    private readonly onReady: () => void,
  ) {
    this.scan = new SourceScan(place, source);
  }

  get name(): string {
    return this.source.name;
  }

  start(): void {
    this.running ??= Promise.all([this.run(), this.watch()]);
  }

  /** List soon: somebody asked, or the reader gave a file back. */
  hint(): void {
    this.hinted = true;
    this.wake?.();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('The edge is stopping.'));
    this.wake?.();
    await this.running;
    await this.source.adapter.close();
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await this.source.adapter.watch?.(() => this.hint(), signal);
    } catch (error) {
      if (!signal.aborted)
        this.log.warn(
          `${this.name}: changes are not reported (${databaseReason(error)}); it is listed on its timer alone.`,
          error,
        );
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.hinted = false;
      const condition = await this.scanOnce(signal);
      if (condition !== undefined) await this.tell(condition);
      await this.rest(hintPauseMs, false);
      await this.rest(this.source.scanEveryMs - hintPauseMs, true);
    }
  }

  private async scanOnce(signal: AbortSignal): Promise<SourceCondition | undefined> {
    try {
      const { files, ready } = await this.scan.run(signal);
      if (ready > 0) this.onReady();
      const health = this.source.adapter.health?.();
      return {
        condition: health?.state ?? 'ok',
        sentence: health?.sentence ?? null,
        nextStep: health?.nextStep ?? null,
        filesListed: files,
      };
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof AdapterError)
        return { condition: error.code, sentence: error.message, nextStep: error.nextStep };
      this.log.warn(
        `${this.name}: the listing could not be taken in (${databaseReason(error)}); this is tried again by itself.`,
      );
      return undefined;
    }
  }

  private async tell(condition: SourceCondition): Promise<void> {
    const now = performance.now();
    const text = `${condition.condition} ${condition.sentence ?? ''}`;
    const changed = text !== this.lastCondition;
    if (!changed && now - this.conditionAt < conditionEveryMs) return;
    if (changed) {
      const sentence = condition.sentence ?? `${this.name}: ${condition.filesListed ?? 0} files listed.`;
      if (condition.nextStep === null) this.log.info(sentence, { source: this.name });
      else this.log.warn(`${sentence} ${condition.nextStep}`, undefined, { source: this.name });
    }
    try {
      await recordSourceCondition(this.place.db, this.name, condition);
      this.lastCondition = text;
      this.conditionAt = now;
    } catch (error) {
      this.log.warn(`${this.name}: its condition could not be recorded (${databaseReason(error)}).`);
    }
  }

  private async rest(ms: number, hintsCount: boolean): Promise<void> {
    if (this.stopping.signal.aborted || (hintsCount && this.hinted) || ms <= 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        if (!hintsCount && !this.stopping.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
