import { RowError, type AssetRecord, type FrozenRoute, type RouteStop } from '@waybill/state';

const metadataChoices = ['always', 'media', 'never'];

/** The route that was frozen in an asset, looked at before it is followed. Throws a RowError where it can't be read. */
export function frozenRoute({ filename, route }: AssetRecord): FrozenRoute {
  const found: unknown = route;
  if (isRoute(found)) return found;
  throw new RowError(
    `${filename} can't be completed: the route that was recorded with it can't be read, so nobody knows where it goes.`,
    'Put the column "route" of its row in the database right and retry it from "metadata".',
    false,
  );
}

function isRoute(route: unknown): route is FrozenRoute {
  if (!isRecord(route)) return false;
  const { deliver, metadata, deliverIncomplete } = route;
  return (
    Array.isArray(deliver) &&
    deliver.every(isStop) &&
    metadataChoices.some(choice => choice === metadata) &&
    typeof deliverIncomplete === 'boolean'
  );
}

function isStop(stop: unknown): stop is RouteStop {
  if (!isRecord(stop)) return false;
  const { to, directory, after } = stop;
  return (
    typeof to === 'string' &&
    (directory === undefined || typeof directory === 'string') &&
    (after === undefined || (Array.isArray(after) && after.every(name => typeof name === 'string')))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
