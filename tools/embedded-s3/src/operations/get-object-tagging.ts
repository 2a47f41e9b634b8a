import { answerXml, objectOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { document, element } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';

/** Tags cannot be set here, so the true answer is the empty one. The AWS CLI asks before it copies large objects. */
export const getObjectTagging: Operation = async exchange => {
  const { bucket, key } = objectOf(exchange);
  if (!bucket.index.has(key))
    throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
  answerXml(exchange, document('Tagging', element('TagSet')));
};
