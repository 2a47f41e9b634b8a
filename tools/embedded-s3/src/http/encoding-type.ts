import { S3Error } from '../s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** `encoding-type=url`: keys in listings are percent-encoded (but for '/'), so that any character survives XML. */
export function keyEncoder(request: S3Request): (key: string) => string {
  const type = request.query.get('encoding-type');
  if (type === undefined || type === '') return key => key;
  if (type !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request.');
  return key => encodeURIComponent(key).replaceAll('%2F', '/');
}
