import { checksumHeader } from '../checksum/algorithms.ts';
import { answer, objectOf } from '../http/exchange.ts';
import type { Exchange, Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { S3Error } from '../s3-error.ts';
import { expectedChecksum } from '../body/expected-checksum.ts';
import { storeBody } from './store-body.ts';
import { checkPartAlgorithm } from './upload-checksum.ts';

/** UploadPart. A number sent again replaces the part. */
export const uploadPart: Operation = async exchange => {
  const { request, store } = exchange;
  const { upload, number } = partOf(exchange);
  // Before the body, so that the client learns it without sending all of it.
  checkPartAlgorithm(upload.checksum, expectedChecksum(request)?.algorithm);
  const headers: Record<string, string> = {};
  await storeBody(exchange, upload.checksum?.algorithm, async body => {
    await store.uploads.addPart(upload.id, {
      number,
      file: body.file,
      size: body.size,
      md5: body.md5,
      modified: Date.now(),
      checksums: Object.fromEntries(body.checksums),
    });
    headers['etag'] = quoted(body.md5);
    if (body.sent !== undefined) {
      headers[checksumHeader(body.sent)] = body.checksums.get(body.sent) ?? '';
    }
  });
  answer(exchange, 200, headers);
};

/** The upload and part number that a request is about. Throws NoSuchUpload, InvalidArgument. */
export function partOf(exchange: Exchange) {
  const { request, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const value = request.query.get('partNumber') ?? '';
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.', {
      ArgumentName: 'partNumber',
      ArgumentValue: value,
    });
  }
  return { upload: store.uploads.get(bucket.name, key, request.query.get('uploadId') ?? ''), number };
}
