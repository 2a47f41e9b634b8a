import type { FailedStage } from '@waybill/domain';
import type { AssetRecord } from './asset-record.ts';
import type { DeliveryRecord } from './delivery-record.ts';

type Asset = Pick<AssetRecord, 'filename' | 'state' | 'failedStage' | 'errorNextStep'>;
type Delivery = Pick<DeliveryRecord, 'destination' | 'path' | 'state' | 'errorCode' | 'after' | 'dueAt'>;

/** Why an asset can't be retried from this stage, and what is possible; undefined where it can. */
export function assetRetryRefusal(asset: Asset, from: FailedStage): string | undefined {
  const { state, failedStage } = asset;
  const name = `"${asset.filename}"`;
  switch (state) {
    case 'failed':
      if (failedStage === from) return undefined;
      return `${name} failed in the stage ${failedStage}, not in ${from}: retry it from "${failedStage}".`;
    case 'completed':
      return `${name} is completed, so there is nothing to retry from "${from}"; deliveries of it that failed can be retried from "deliver".`;
    case 'quarantined':
      return `${name} is quarantined and can't be retried. ${asset.errorNextStep ?? 'Put it right at its source.'}`;
    case 'aborted_no_parts':
      return `${name} ended without any data and can't be retried; it opens again by itself when its source lists it with bytes.`;
    case 'cancelled':
      return `${name} is cancelled and can't be retried; only a failed asset can.`;
    case 'discovered':
    case 'receiving':
    case 'pending_completion':
    case 's3_completed':
      return `${name} is ${state} and goes on by itself; only a failed asset can be retried.`;
  }
}

/** Why no delivery of an asset (to this destination) can be retried, and what is possible; undefined where one can. */
export function deliveriesRetryRefusal(
  asset: Asset,
  deliveries: readonly Delivery[],
  destination: string | undefined,
): string | undefined {
  const name = `"${asset.filename}"`;
  const asked = deliveries.filter(({ destination: to }) => destination === undefined || to === destination);
  if (asked.some(({ state }) => state === 'failed')) return undefined;
  if (deliveries.length === 0) {
    return asset.state === 'completed'
      ? `${name} is completed and its route has no destination, so there is no delivery to retry.`
      : `${name} is ${asset.state} and has no deliveries yet; they begin when it is completed.`;
  }
  if (asked.length === 0) {
    const known = [...new Set(deliveries.map(({ destination: to }) => `"${to}"`))].join(', ');
    return `${name} has no delivery to "${destination}"; it has deliveries to ${known}.`;
  }
  const stands = asked.map(({ destination: to, state }) => `the one to "${to}" is ${state}`).join(', ');
  return `${name} has no failed delivery to retry: ${stands}.`;
}

/** Why a delivery can't be retried now; undefined where it can. `isDue`: it may start this moment. */
export function deliveryRetryRefusal(
  asset: Pick<AssetRecord, 'filename'>,
  delivery: Delivery & { readonly isDue: boolean },
): string | undefined {
  const name = `The delivery of "${asset.filename}" to "${delivery.destination}"`;
  switch (delivery.state) {
    case 'failed':
    case 'cancelled':
      return undefined;
    case 'delivering':
      return `${name} is under way; it can be retried if it fails.`;
    case 'delivered':
      return `${name} was made and confirmed, so there is nothing to retry.`;
    case 'waiting':
      if (delivery.dueAt === null) {
        const first = delivery.after.map(to => `"${to}"`).join(', ');
        return `${name} starts by itself when the route's earlier destinations (${first}) have the file.`;
      }
      if (delivery.errorCode === null || delivery.isDue)
        return `${name} is due and starts by itself as soon as there is room.`;
      return undefined;
  }
}
