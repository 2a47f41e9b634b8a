import { answerXml, bucketOf, countParameter } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { keyEncoder } from '../http/encoding-type.ts';
import { quoted } from '../http/etag.ts';
import type { S3Request } from '../http/s3-request.ts';
import { document, element, text } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';
import type { ObjectIndex, ObjectSummary } from '../store/object-index.ts';
import { listPage } from '../store/list-page.ts';
import type { Page } from '../store/list-page.ts';
import { owner } from './buckets.ts';

/** S3's page size. */
export const pageBounds = { min: 0, max: 1000, otherwise: 1000 };

type Encode = (key: string) => string;

/** ListObjectsV2. */
export const listObjectsV2: Operation = async exchange => {
  const { request } = exchange;
  const { bucket } = bucketOf(exchange);
  const encode = keyEncoder(request);
  const token = request.query.get('continuation-token');
  const startAfter = request.query.get('start-after');
  const after = token === undefined ? (startAfter ?? '') : readToken(token);
  const { page, shown } = pageOf(request, bucket.index, after, encode);
  answerXml(
    exchange,
    document(
      'ListBucketResult',
      text('Name', bucket.name),
      ...shown,
      text('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
      text('ContinuationToken', token),
      text('NextContinuationToken', page.next === undefined ? undefined : makeToken(page.next)),
      text('KeyCount', page.keys.length + page.commonPrefixes.length),
      ...entries(page, bucket.index, encode, request.query.get('fetch-owner') === 'true'),
    ),
  );
};

/** ListObjects, the first version. */
export const listObjectsV1: Operation = async exchange => {
  const { request } = exchange;
  const { bucket } = bucketOf(exchange);
  const encode = keyEncoder(request);
  const marker = request.query.get('marker') ?? '';
  const { page, shown } = pageOf(request, bucket.index, marker, encode);
  answerXml(
    exchange,
    document(
      'ListBucketResult',
      text('Name', bucket.name),
      ...shown,
      text('Marker', encode(marker)),
      text('NextMarker', page.next === undefined ? undefined : encode(page.next)),
      ...entries(page, bucket.index, encode, true),
    ),
  );
};

function pageOf(request: S3Request, index: ObjectIndex, after: string, encode: Encode) {
  const limit = countParameter(request, 'max-keys', pageBounds);
  const prefix = request.query.get('prefix') ?? '';
  const delimiter = request.query.get('delimiter') ?? '';
  const page = listPage(index.keys, { prefix, delimiter, after, limit });
  const shown = [
    text('Prefix', encode(prefix)),
    delimiter === '' ? '' : text('Delimiter', encode(delimiter)),
    text('MaxKeys', limit),
    text('EncodingType', request.query.get('encoding-type')),
    text('IsTruncated', page.next !== undefined),
  ];
  return { page, shown };
}

function entries(page: Page, index: ObjectIndex, encode: Encode, withOwner: boolean): readonly string[] {
  const contents = page.keys
    .map(key => index.get(key))
    .filter((summary): summary is ObjectSummary => summary !== undefined)
    .map(({ key, size, etag, modified, checksum }) =>
      element(
        'Contents',
        text('Key', encode(key)),
        text('LastModified', new Date(modified).toISOString()),
        text('ETag', quoted(etag)),
        text('ChecksumAlgorithm', checksum?.algorithm),
        text('ChecksumType', checksum?.type),
        text('Size', size),
        withOwner ? owner : '',
        text('StorageClass', 'STANDARD'),
      ),
    );
  const folded = page.commonPrefixes.map(prefix => element('CommonPrefixes', text('Prefix', encode(prefix))));
  return [...contents, ...folded];
}

const makeToken = (after: string): string => Buffer.from(after).toString('base64url');

function readToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (after !== '' && makeToken(after) === token) return after;
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect.');
}
