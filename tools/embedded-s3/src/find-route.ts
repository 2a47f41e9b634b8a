import { header } from './http/s3-request.ts';
import type { S3Request } from './http/s3-request.ts';
import { routes } from './routes.ts';
import type { Route } from './routes.ts';
import { notImplemented } from './s3-error.ts';

/** Query parameters that say nothing about what is asked: the SDK's own name for the operation. */
const silent = new Set(['x-id']);
const isSilent = (name: string) => silent.has(name) || name.toLowerCase().startsWith('x-amz-');

/** The route of a request. Throws 501, naming what is not served: nothing is taken as if it were something else. */
export function findRoute(request: S3Request): Route {
  const about = request.bucket === undefined ? 'service' : request.key === undefined ? 'bucket' : 'object';
  const copies = header(request, 'x-amz-copy-source') !== undefined;
  const names = [...request.query.keys()].filter(name => !isSilent(name));
  const alike = routes.filter(route => route.method === request.method && route.about === about);
  const found = alike.find(
    route =>
      route.copies === copies &&
      route.needs.every(name => names.includes(name)) &&
      names.every(name => route.needs.includes(name) || route.takes.includes(name)),
  );
  if (found === undefined) throw notImplemented(nameOf(request, about, names));
  if (found.needs.includes('list-type') && request.query.get('list-type') !== '2') {
    throw notImplemented(`list-type=${request.query.get('list-type') ?? ''}`);
  }
  return found;
}

const nameOf = (request: S3Request, about: string, names: readonly string[]): string =>
  `${request.method} on a ${about}${names.length === 0 ? '' : ` with ${names.map(name => `?${name}`).join(' and ')}`}`;
