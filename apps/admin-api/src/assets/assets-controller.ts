import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Caller, NeedsRole, ProblemError, ZodPipe, type ApiCaller } from '@waybill/platform';
import { deliveriesOf, findAsset, listAssets, readWaybill, type Database } from '@waybill/state';
import { DATABASE } from '../admin-parts.ts';
import { found } from '../found.ts';
import { readPage } from '../read-page.ts';
import { idPath, noQuery } from '../requests.ts';
import { assetJson, type AssetJson } from './asset-json.ts';
import { AssetRetries } from './asset-retries.ts';
import { assetList, assetRetry, type AssetList, type AssetRetry } from './asset-requests.ts';
import { waybillJson, type WaybillJson } from './waybill-json.ts';

@Controller('api/assets')
export class AssetsController {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(AssetRetries) private readonly retries: AssetRetries,
  ) {}

  /** Newest first, each with its deliveries. */
  @Get()
  async list(@Query(new ZodPipe(assetList)) query: AssetList) {
    const { items, nextCursor } = await readPage(listAssets(this.db, query));
    const deliveries = await deliveriesOf(
      this.db,
      items.map(({ id }) => id),
    );
    return { items: items.map(row => assetJson(row, deliveries.get(row.id) ?? [])), nextCursor };
  }

  @Get(':id')
  async show(@Param(new ZodPipe(idPath)) { id }: { id: string }): Promise<AssetJson> {
    const row = found(await findAsset(this.db, id), 'asset', id);
    const deliveries = await deliveriesOf(this.db, [row.id]);
    return assetJson(row, deliveries.get(row.id) ?? []);
  }

  @Get(':id/waybill')
  async waybill(@Param(new ZodPipe(idPath)) { id }: { id: string }): Promise<WaybillJson> {
    return waybillJson(found(await readWaybill(this.db, id), 'asset', id));
  }

  /** Answers the asset as it stands after the order; 409 where there is nothing to retry from this stage. */
  @Post(':id/retry')
  @HttpCode(200)
  @NeedsRole('operator')
  async retry(
    @Param(new ZodPipe(idPath)) { id }: { id: string },
    @Query(new ZodPipe(noQuery)) _query: object,
    @Body(new ZodPipe(assetRetry)) body: AssetRetry,
    @Caller() caller: ApiCaller,
  ): Promise<AssetJson> {
    const refused = found(await this.retries.order(id, body, caller.name), 'asset', id).refused;
    if (refused !== undefined) throw new ProblemError(409, refused);
    return this.show({ id });
  }
}
