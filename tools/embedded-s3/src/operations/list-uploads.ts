import { answerXml, bucketOf, countParameter, objectOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { keyEncoder } from '../http/encoding-type.ts';
import { quoted } from '../http/etag.ts';
import { document, element, text } from '../http/xml.ts';
import { notImplemented } from '../s3-error.ts';
import { compareKeys } from '../store/key-order.ts';
import { owner } from './buckets.ts';
import { pageBounds } from './list-objects.ts';

const initiator = element('Initiator', text('ID', 'waybill'), text('DisplayName', 'waybill'));

/** ListParts, in the order of their numbers. */
export const listParts: Operation = async exchange => {
  const { request, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const upload = store.uploads.get(bucket.name, key, request.query.get('uploadId') ?? '');
  const limit = countParameter(request, 'max-parts', pageBounds);
  const marker = countParameter(request, 'part-number-marker', { min: 0, max: 10_000, otherwise: 0 });
  const rest = [...upload.parts.values()]
    .filter(part => part.number > marker)
    .sort((a, b) => a.number - b.number);
  const page = rest.slice(0, limit);
  const kind = upload.checksum;
  answerXml(
    exchange,
    document(
      'ListPartsResult',
      text('Bucket', bucket.name),
      text('Key', keyEncoder(request)(key)),
      text('UploadId', upload.id),
      initiator,
      owner,
      text('StorageClass', 'STANDARD'),
      text('PartNumberMarker', marker),
      text('NextPartNumberMarker', page.at(-1)?.number ?? 0),
      text('MaxParts', limit),
      text('IsTruncated', limit > 0 && rest.length > limit),
      text('ChecksumAlgorithm', kind?.algorithm),
      text('ChecksumType', kind?.type),
      ...page.map(part =>
        element(
          'Part',
          text('PartNumber', part.number),
          text('LastModified', new Date(part.modified).toISOString()),
          text('ETag', quoted(part.md5)),
          text('Size', part.size),
          ...Object.entries(part.checksums).map(([name, value]) => text(`Checksum${name}`, value)),
        ),
      ),
    ),
  );
};

/** ListMultipartUploads, by key and then by age. */
export const listMultipartUploads: Operation = async exchange => {
  const { request, store } = exchange;
  const { bucket } = bucketOf(exchange);
  if ((request.query.get('delimiter') ?? '') !== '')
    throw notImplemented('delimiter in ListMultipartUploads');
  const encode = keyEncoder(request);
  const limit = countParameter(request, 'max-uploads', pageBounds);
  const prefix = request.query.get('prefix') ?? '';
  const keyMarker = request.query.get('key-marker') ?? '';
  const idMarker = request.query.get('upload-id-marker') ?? '';
  // Upload ids begin with their time, so that the order of ids is that of age.
  const rest = store.uploads
    .list(bucket.name)
    .filter(upload => upload.key.startsWith(prefix))
    .filter(({ key, id }) => {
      const order = compareKeys(key, keyMarker);
      return order > 0 || (order === 0 && idMarker !== '' && id > idMarker);
    })
    .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
  const page = rest.slice(0, limit);
  const truncated = limit > 0 && rest.length > limit;
  const last = truncated ? page.at(-1) : undefined;
  answerXml(
    exchange,
    document(
      'ListMultipartUploadsResult',
      text('Bucket', bucket.name),
      text('KeyMarker', encode(keyMarker)),
      text('UploadIdMarker', idMarker),
      text('NextKeyMarker', last === undefined ? undefined : encode(last.key)),
      text('NextUploadIdMarker', last?.id),
      text('Prefix', encode(prefix)),
      text('EncodingType', request.query.get('encoding-type')),
      text('MaxUploads', limit),
      text('IsTruncated', truncated),
      ...page.map(upload =>
        element(
          'Upload',
          text('Key', encode(upload.key)),
          text('UploadId', upload.id),
          initiator,
          owner,
          text('StorageClass', 'STANDARD'),
          text('Initiated', new Date(upload.initiated).toISOString()),
          text('ChecksumAlgorithm', upload.checksum?.algorithm),
          text('ChecksumType', upload.checksum?.type),
        ),
      ),
    ),
  );
};
