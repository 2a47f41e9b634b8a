import { deliveryStates } from '@waybill/domain';
import { z } from 'zod';
import { pageFields, queryChoice, queryText, reason } from '../requests.ts';

export const deliveryList = z.strictObject({
  state: queryChoice(deliveryStates),
  destination: queryText(255),
  ...pageFields,
});

export type DeliveryList = z.output<typeof deliveryList>;

export const deliveryRetry = z.strictObject({ reason });

export type DeliveryRetry = z.output<typeof deliveryRetry>;
