import { deliveryPath } from '@waybill/domain';
import { AdapterError } from '@waybill/contract';
import type { AssetRecord, FrozenRoute, OwedDelivery } from '@waybill/state';

/** The deliveries that an asset's frozen route asks for. None for a file that is not whole, unless the route says so. */
export function owedDeliveries(asset: AssetRecord, route: FrozenRoute): readonly OwedDelivery[] {
  if (asset.incomplete && !route.deliverIncomplete) return [];
  return route.deliver.map(stop => {
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
