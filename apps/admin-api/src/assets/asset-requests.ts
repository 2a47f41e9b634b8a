import { assetStates, failedStages } from '@waybill/domain';
import { z } from 'zod';
import { pageFields, plainText, queryChoice, queryId, queryText, reason } from '../requests.ts';

export const assetList = z.strictObject({
  state: queryChoice(assetStates),
  source: queryText(255),
  recording: queryId,
  destination: queryText(255),
  q: queryText(255),
  ...pageFields,
});

export type AssetList = z.output<typeof assetList>;

const stages = [...failedStages, 'deliver'] as const;

export const assetRetry = z
  .strictObject({
    from: z.enum(stages, { error: `not one of ${stages.join(', ')}` }),
    destination: plainText(255).optional(),
    reason,
  })
  .refine(({ from, destination }) => from === 'deliver' || destination === undefined, {
    path: ['destination'],
    error: 'only a retry from "deliver" takes a destination',
  });

export type AssetRetry = z.output<typeof assetRetry>;
