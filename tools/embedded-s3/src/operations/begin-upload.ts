import { answer, answerXml, objectOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { document, text } from '../http/xml.ts';
import { readObjectHeaders } from './object-headers.ts';
import { readUploadChecksum } from './upload-checksum.ts';

/** CreateMultipartUpload. */
export const createMultipartUpload: Operation = async exchange => {
  const { request, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const checksum = readUploadChecksum(request);
  const upload = await store.uploads.begin({
    bucket: bucket.name,
    key,
    ...readObjectHeaders(request),
    ...(checksum === undefined ? {} : { checksum }),
  });
  answerXml(
    exchange,
    document(
      'InitiateMultipartUploadResult',
      text('Bucket', bucket.name),
      text('Key', key),
      text('UploadId', upload.id),
    ),
    { 'x-amz-checksum-algorithm': checksum?.algorithm, 'x-amz-checksum-type': checksum?.type },
  );
};

/** AbortMultipartUpload. A part on its way meanwhile is refused when it ends, and leaves nothing. */
export const abortMultipartUpload: Operation = async exchange => {
  const { request, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const upload = store.uploads.get(bucket.name, key, request.query.get('uploadId') ?? '');
  await store.uploads.end(upload.id, async () => []);
  answer(exchange, 204);
};
