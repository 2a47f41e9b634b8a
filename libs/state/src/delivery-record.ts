import type { DeliveryState } from '@waybill/domain';
import { Prisma } from './database.ts';

/** A delivery as a worker or a reader sees it. */
export interface DeliveryRecord {
  readonly id: string;
  readonly assetId: string;
  readonly parcelId: string | null;
  readonly destination: string;
  readonly path: string;
  readonly after: readonly string[];
  readonly state: DeliveryState;
  readonly priority: number;
  readonly size: number;
  readonly bytesSent: number;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorNextStep: string | null;
  readonly receipt: unknown;
  readonly fence: number;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

/** Columns of a DeliveryRecord of the table aliased `d`. */
export const deliveryColumns = Prisma.raw(`
  d.id::text AS "id", d.asset_id::text AS "assetId", d.parcel_id::text AS "parcelId", d.destination, d.path, d.after, d.state,
  d.priority, d.size::float8 AS "size", d.bytes_sent::float8 AS "bytesSent", d.attempts, d.error_code AS "errorCode",
  d.error_message AS "errorMessage", d.error_next_step AS "errorNextStep", d.receipt, d.fence::float8 AS "fence",
  d.due_at AS "dueAt", d.created_at AS "createdAt", d.delivered_at AS "deliveredAt"`);
