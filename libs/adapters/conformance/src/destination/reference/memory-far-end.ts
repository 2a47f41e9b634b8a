import type { Trouble } from '../destination-fixture.ts';

/** A far end in memory: names with bytes, reached by links that can fall silent or be cut. */
export class MemoryFarEnd implements Trouble {
  readonly files = new Map<string, Buffer>();
  private readonly stamps = new Map<string, number>();
  private readonly links = new Set<MemoryLink>();
  private happened: (() => Promise<boolean>) | undefined;
  silent = false;

  connect(): MemoryLink {
    const link = new MemoryLink(this, () => this.links.delete(link));
    this.links.add(link);
    return link;
  }

  write(name: string, bytes: Buffer): void {
    this.files.set(name, bytes);
    this.stamps.set(name, (this.stamps.get(name) ?? 0) + 1);
  }

  /** Whether the answer that is about to be given gets lost. */
  async losesAnswer(): Promise<boolean> {
    if (this.happened === undefined || !(await this.happened())) return false;
    this.happened = undefined;
    return true;
  }

  stamp(name: string): string {
    return String(this.stamps.get(name) ?? 0);
  }

  silence(): void {
    this.silent = true;
  }

  loseAnswerWhen(happened: () => Promise<boolean>): void {
    this.happened = happened;
  }

  heal(): void {
    this.silent = false;
    for (const link of [...this.links]) link.end();
  }

  connections(): number {
    return this.links.size;
  }
}

/** The link broke: whether the request was carried out is not known. */
export class LinkBroken extends Error {
  override readonly name = 'LinkBroken';
}

/** One connection. */
export class MemoryLink {
  private ended = false;

  constructor(
    readonly far: MemoryFarEnd,
    private readonly onEnd: () => void,
  ) {}

  get usable(): boolean {
    return !this.ended;
  }

  /** Has the far end do something; never settles while it is silent. */
  async ask<T>(act: (far: MemoryFarEnd) => T): Promise<T> {
    await new Promise(resolve => setImmediate(resolve));
    if (this.far.silent) await new Promise<never>(() => undefined);
    if (this.ended) throw new LinkBroken('the link was cut');
    const answer = act(this.far);
    if (await this.far.losesAnswer()) {
      this.end();
      throw new LinkBroken('the answer was lost');
    }
    return answer;
  }

  end(): void {
    this.ended = true;
    this.onEnd();
  }
}
