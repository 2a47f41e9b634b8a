import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Caller, NeedsRole, ProblemError, ZodPipe, type ApiCaller } from '@waybill/platform';
import { findDelivery, listDeliveries, retryDeliveryNow, type Database } from '@waybill/state';
import { DATABASE } from '../admin-parts.ts';
import { found } from '../found.ts';
import { readPage } from '../read-page.ts';
import { idPath, noQuery } from '../requests.ts';
import { RetryWakeUps } from '../retry-wake-ups.ts';
import { deliveryJson, type DeliveryJson } from './delivery-json.ts';
import { deliveryList, deliveryRetry, type DeliveryList, type DeliveryRetry } from './delivery-requests.ts';

@Controller('api/deliveries')
export class DeliveriesController {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(RetryWakeUps) private readonly wakeUps: RetryWakeUps,
  ) {}

  /** Newest first. */
  @Get()
  async list(@Query(new ZodPipe(deliveryList)) query: DeliveryList) {
    const { items, nextCursor } = await readPage(listDeliveries(this.db, query));
    return { items: items.map(deliveryJson), nextCursor };
  }

  @Get(':id')
  async show(@Param(new ZodPipe(idPath)) { id }: { id: string }): Promise<DeliveryJson> {
    return deliveryJson(found(await findDelivery(this.db, id), 'delivery', id));
  }

  /** Answers the delivery as it stands after the order; 409 where there is nothing to retry. */
  @Post(':id/retry')
  @HttpCode(200)
  @NeedsRole('operator')
  async retry(
    @Param(new ZodPipe(idPath)) { id }: { id: string },
    @Query(new ZodPipe(noQuery)) _query: object,
    @Body(new ZodPipe(deliveryRetry)) { reason }: DeliveryRetry,
    @Caller() caller: ApiCaller,
  ): Promise<DeliveryJson> {
    const order = { id, actor: caller.name, reason: reason ?? null };
    const answer = found(await retryDeliveryNow(this.db, order), 'delivery', id);
    if ('refused' in answer) throw new ProblemError(409, answer.refused);
    this.wakeUps.deliveries(answer.retried.assetId);
    return this.show({ id });
  }
}
