import { receiveDocument } from '../body/receive-body.ts';
import { expectedChecksum } from '../body/expected-checksum.ts';
import { answer, answerXml, bucketOf, objectOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { header } from '../http/s3-request.ts';
import { childText, children, readXml } from '../http/xml-request.ts';
import type { XmlNode } from '../http/xml-request.ts';
import { document, element, text } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';
import { writeGuard } from './conditions.ts';

/** DeleteObject: 204 whether or not there was one. */
export const deleteObject: Operation = async exchange => {
  const { bucket, key } = objectOf(exchange);
  await exchange.store.objects.remove(bucket, key, writeGuard(exchange.request));
  answer(exchange, 204);
};

const maxKeys = 1000;
/** What S3 lets an entry ask for beside its key, and we do not do. */
const unsupported = ['VersionId', 'ETag', 'LastModifiedTime', 'Size'];

/** DeleteObjects: up to 1,000 keys, each with an outcome of its own. */
export const deleteObjects: Operation = async exchange => {
  const { request, authorization, store } = exchange;
  const { bucket } = bucketOf(exchange);
  if (header(request, 'content-md5') === undefined && expectedChecksum(request) === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 or a checksum.',
    );
  }
  const root = readXml(await receiveDocument(request, authorization), 'Delete');
  const objects = children(root, 'Object');
  if (objects.length === 0 || objects.length > maxKeys) {
    throw new S3Error('MalformedXML', `A Delete names from 1 to ${maxKeys} objects.`);
  }
  const quiet = childText(root, 'Quiet') === 'true';
  const outcomes: string[] = [];
  for (const entry of objects) {
    const key = keyOf(entry);
    const refused = unsupported.find(name => children(entry, name).length > 0);
    if (refused !== undefined) {
      outcomes.push(
        element(
          'Error',
          text('Key', key),
          text('Code', 'NotImplemented'),
          text('Message', `The embedded S3 server does not implement ${refused} in DeleteObjects.`),
        ),
      );
      continue;
    }
    await store.objects.remove(bucket, key, () => undefined);
    if (!quiet) outcomes.push(element('Deleted', text('Key', key)));
  }
  answerXml(exchange, document('DeleteResult', ...outcomes));
};

function keyOf(entry: XmlNode): string {
  const key = childText(entry, 'Key');
  if (key === undefined || key === '') throw new S3Error('MalformedXML', 'An Object has no Key.');
  return key;
}
