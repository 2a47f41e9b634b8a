import { Controller, Get, Inject } from '@nestjs/common';
import { Readiness } from '@waybill/platform';
import { listEdges, type Database, type EdgeRecord } from '@waybill/state';
import { ADMIN_PARTS, DATABASE, type AdminParts } from '../admin-parts.ts';
import { askHealth, type AppHealth } from './app-health.ts';
import { readKnownApps } from './known-apps.ts';

interface AppsJson {
  readonly items: readonly AppHealth[];
  readonly nextCursor: null;
  /** Why apps are missing in the list; else null. */
  readonly sentence: string | null;
  /** Every edge node by its heartbeat, also those whose address nobody here knows. */
  readonly edges: readonly EdgeRecord[];
}

const ownName = 'admin-api';

/** The health of every app. */
@Controller('api/apps')
export class AppsController {
  constructor(
    @Inject(ADMIN_PARTS) private readonly parts: AdminParts,
    @Inject(DATABASE) private readonly db: Database,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  @Get()
  async list(): Promise<AppsJson> {
    const { apps, sentence } = await readKnownApps(this.parts.appsFile);
    const others = apps.filter(({ name }) => name !== ownName);
    const own = apps.find(({ name }) => name === ownName);
    const [edges, mine, ...found] = await Promise.all([
      listEdges(this.db),
      this.ownHealth(own?.url ?? null),
      ...others.map(askHealth),
    ]);
    return { items: [mine, ...found], nextCursor: null, sentence, edges };
  }

  private async ownHealth(url: string | null): Promise<AppHealth> {
    const { status, checks } = await this.readiness.report();
    return { name: ownName, url, status, checks, sentence: null };
  }
}
