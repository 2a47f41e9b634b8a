import type { DeliveryState } from '@waybill/domain';
import { Prisma, type Queryable } from './database.ts';
import { deliveryColumns, type DeliveryRecord } from './delivery-record.ts';
import { decodeCursor, pageOf, type Page } from './page.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly destination?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Deliveries newest first. */
export async function listDeliveries(db: Queryable, filter: DeliveryFilter): Promise<Page<DeliveryRecord>> {
  const where = [Prisma.sql`true`];
  if (filter.state !== undefined) where.push(Prisma.sql`d.state = ${filter.state}`);
  if (filter.destination !== undefined) where.push(Prisma.sql`d.destination = ${filter.destination}`);
  if (filter.cursor !== undefined) {
    const { at, id } = decodeCursor(filter.cursor);
    where.push(Prisma.sql`(d.created_at, d.id) < (${at}, ${id}::uuid)`);
  }
  const rows = await db.$queryRaw<DeliveryRecord[]>`
    SELECT ${deliveryColumns} FROM deliveries d WHERE ${Prisma.join(where, ' AND ')}
    ORDER BY d.created_at DESC, d.id DESC LIMIT ${filter.limit + 1}`;
  return pageOf(rows, filter.limit, row => ({ at: row.createdAt, id: row.id }));
}

export async function findDelivery(db: Queryable, id: string): Promise<DeliveryRecord | undefined> {
  const rows = await db.$queryRaw<
    DeliveryRecord[]
  >`SELECT ${deliveryColumns} FROM deliveries d WHERE d.id = ${id}::uuid`;
  return rows[0];
}
