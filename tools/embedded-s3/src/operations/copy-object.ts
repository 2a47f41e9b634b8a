import { checksumAlgorithm } from '../checksum/algorithms.ts';
import { answerXml, objectOf } from '../http/exchange.ts';
import type { Exchange, Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { header } from '../http/s3-request.ts';
import { document, text } from '../http/xml.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { Manifest } from '../store/manifest.ts';
import { writeGuard } from './conditions.ts';
import { holdCopySource } from './copy-source.ts';
import { readObjectHeaders } from './object-headers.ts';

const maxBytes = 5 * 1024 ** 3;

/** CopyObject: a new manifest over hard links to the same bytes. ETag and checksum stay those of the source. */
export const copyObject: Operation = async exchange => {
  const { request, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const guard = writeGuard(request);
  const replace = isReplacing(exchange);
  const held = await holdCopySource(exchange);
  try {
    const source = held.manifest;
    checkCopy(exchange, source);
    if (!replace && held.bucket === bucket && source.key === key) {
      throw new S3Error(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
      );
    }
    const files = await store.data.duplicate(source.parts.map(part => part.file));
    const { uploadId: _itsOwn, ...bytes } = source;
    const copy: Manifest = {
      ...bytes,
      ...(replace ? readObjectHeaders(request) : {}),
      key,
      modified: Date.now(),
      parts: source.parts.map((part, index) => ({ size: part.size, file: files[index] ?? part.file })),
    };
    try {
      await store.objects.put(bucket, copy, guard);
    } catch (error) {
      await store.data.discard(files);
      throw error;
    }
    answerXml(
      exchange,
      document(
        'CopyObjectResult',
        text('LastModified', new Date(copy.modified).toISOString()),
        text('ETag', quoted(copy.etag)),
        text('ChecksumType', copy.checksum?.type),
        text(`Checksum${copy.checksum?.algorithm ?? ''}`, copy.checksum?.value),
      ),
    );
  } finally {
    await held.release();
  }
};

function isReplacing({ request }: Exchange): boolean {
  const directive = header(request, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
  throw new S3Error('InvalidArgument', 'x-amz-metadata-directive must be COPY or REPLACE.');
}

function checkCopy({ request }: Exchange, source: Manifest): void {
  if (source.size > maxBytes) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum for a copy: ${maxBytes} bytes. Copy it in parts.`,
    );
  }
  const wanted = header(request, 'x-amz-checksum-algorithm');
  if (wanted !== undefined && checksumAlgorithm(wanted) !== source.checksum?.algorithm) {
    throw notImplemented('CopyObject with a checksum that the source does not have yet');
  }
}
