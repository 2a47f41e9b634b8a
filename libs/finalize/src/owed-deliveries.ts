import { deliveryPath } from '@waybill/domain';
import { AdapterError } from '@waybill/contract';
import type { AssetRecord, OwedDelivery } from '@waybill/state';

/** The deliveries that an asset's frozen route asks for. None for a file that is not whole, unless the route says so. */
export function owedDeliveries(asset: AssetRecord): readonly OwedDelivery[] {
  if (asset.incomplete && !asset.route.deliverIncomplete) return [];
  return asset.route.deliver.map(stop => {
    const path = deliveryPath(stop.directory, asset.filename);
    if ('refused' in path) {
      throw new AdapterError(
        'rejected',
        `${asset.filename} can't be delivered to ${stop.to} below "${stop.directory ?? ''}": ${path.refused}.`,
      );
    }
    return { destination: stop.to, path: path.key, after: stop.after ?? [] };
  });
}
