import type { ReadyFile } from './waybill-run.ts';

interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

export interface SeenDelivery {
  readonly id: string;
  readonly destination: string;
  readonly state: string;
  readonly path: string;
  readonly attempts: number;
  readonly error: Trouble | null;
  readonly receipt: { readonly outcome: string; readonly proofLevel: string } | null;
}

export interface SeenAsset {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly state: string;
  readonly failedStage: string | null;
  readonly size: number;
  readonly error: Trouble | null;
  readonly landing: {
    readonly bucket: string;
    readonly key: string;
    readonly size: number;
    readonly proof: string;
  } | null;
  readonly digests: { readonly sha256: string | null };
  readonly deliveries: readonly SeenDelivery[];
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The admin API as an operator's script uses it. */
export class AdminClient {
  constructor(private readonly ready: Pick<ReadyFile, 'admin' | 'apiKey'>) {}

  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** Every asset, by its key at the source; the newest generation of each. */
  async assets(): Promise<ReadonlyMap<string, SeenAsset>> {
    const found = new Map<string, SeenAsset>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<SeenAsset> = await this.get<Page<SeenAsset>>(`/api/assets?limit=200${next}`);
      for (const asset of page.items) if (!found.has(asset.key)) found.set(asset.key, asset);
      cursor = page.nextCursor;
    }
    return found;
  }

  /** Resolves when `done` holds for what the API shows; else rejects with what it showed last. */
  async until(
    done: (assets: ReadonlyMap<string, SeenAsset>) => boolean,
    seconds: number,
  ): Promise<ReadonlyMap<string, SeenAsset>> {
    const limit = performance.now() + seconds * 1_000;
    let last: ReadonlyMap<string, SeenAsset> = new Map();
    let away: unknown;
    while (performance.now() < limit) {
      try {
        last = await this.assets();
        if (done(last)) return last;
      } catch (error) {
        // The API itself may be the app that a test killed.
        away = error;
      }
      await new Promise(resolve => setTimeout(resolve, 500));
    }
    const open = [...last.values()].filter(asset => !isDelivered(asset)).slice(0, 10);
    throw new Error(
      `not so after ${seconds} s (${away instanceof Error ? away.message : 'the API answered'}); open: ${JSON.stringify(open, null, 1)}`,
    );
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.ready.admin}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.ready.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

/** Landed, described, and at every destination. */
export function isDelivered(asset: SeenAsset): boolean {
  return asset.state === 'completed' && asset.deliveries.every(delivery => delivery.state === 'delivered');
}
