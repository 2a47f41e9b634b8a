import { receiveDocument } from '../body/receive-body.ts';
import { multipartEtag } from '../checksum/combine.ts';
import { answerXml, objectOf } from '../http/exchange.ts';
import type { Exchange, Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { header } from '../http/s3-request.ts';
import { readXml } from '../http/xml-request.ts';
import { document, text } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';
import type { Manifest, UploadedPart } from '../store/manifest.ts';
import type { Upload } from '../store/uploads.ts';
import { choosePart, readPartList } from './complete-part-list.ts';
import type { NamedPart } from './complete-part-list.ts';
import { writeGuard } from './conditions.ts';
import { completedChecksum } from './upload-checksum.ts';

/** Every part but the last, in bytes. */
const minPartBytes = 5 * 1024 * 1024;

/**
 * CompleteMultipartUpload: one manifest over the files of the parts; no byte is moved. Asked again with the same parts
 * while its object still stands, it answers the same again, as S3 does.
 */
export const completeMultipartUpload: Operation = async exchange => {
  const { request, authorization, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const id = request.query.get('uploadId') ?? '';
  const guard = writeGuard(request);
  const body = await receiveDocument(request, authorization, { checksumIsOfObject: true });
  const named = readPartList(readXml(body, 'CompleteMultipartUpload'));
  const before = await completedBefore(exchange, id, named);
  if (before !== undefined) {
    answerCompleted(exchange, before);
    return;
  }
  store.uploads.get(bucket.name, key, id);
  let completed: Manifest | undefined;
  await store.uploads.end(id, async upload => {
    completed = await makeManifest(exchange, upload, named);
    await store.objects.put(bucket, completed, guard);
    return completed.parts.map(part => part.file);
  });
  if (completed !== undefined) answerCompleted(exchange, completed);
};

async function makeManifest(
  { request }: Exchange,
  upload: Upload,
  named: readonly NamedPart[],
): Promise<Manifest> {
  const parts: readonly UploadedPart[] = named.map(part => choosePart(upload, part));
  const small = parts.slice(0, -1).find(part => part.size < minPartBytes);
  if (small !== undefined) {
    throw new S3Error(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size: every part but the last has at least 5 MiB.',
      {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(minPartBytes),
        PartNumber: String(small.number),
        ETag: small.md5,
      },
    );
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const said = header(request, 'x-amz-mp-object-size');
  if (said !== undefined && said !== String(size)) {
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${said} does not match what was computed: ${size}.`,
    );
  }
  return {
    key: upload.key,
    contentType: upload.contentType,
    headers: upload.headers,
    metadata: upload.metadata,
    size,
    etag: multipartEtag(parts.map(part => part.md5)),
    modified: Date.now(),
    checksum: await completedChecksum(request, upload.checksum, parts),
    uploadId: upload.id,
    parts: parts.map(({ file, size: bytes }) => ({ file, size: bytes })),
  };
}

/** The object, when this upload was completed with these very parts before. */
async function completedBefore(
  exchange: Exchange,
  id: string,
  named: readonly NamedPart[],
): Promise<Manifest | undefined> {
  const { store } = exchange;
  const { bucket, key } = objectOf(exchange);
  if (store.uploads.find(bucket.name, key, id) !== undefined) return undefined;
  const held = await store.objects.hold(bucket, key);
  await held?.release();
  const isSame =
    held?.manifest.uploadId === id && held.manifest.etag === multipartEtag(named.map(part => part.etag));
  return isSame ? held.manifest : undefined;
}

function answerCompleted(exchange: Exchange, { key, etag, checksum }: Manifest): void {
  const { request } = exchange;
  const bucket = request.bucket ?? '';
  answerXml(
    exchange,
    document(
      'CompleteMultipartUploadResult',
      text('Location', `http://${header(request, 'host') ?? ''}/${bucket}/${encodeURIComponent(key)}`),
      text('Bucket', bucket),
      text('Key', key),
      text('ETag', quoted(etag)),
      text(`Checksum${checksum?.algorithm ?? ''}`, checksum?.value),
      text('ChecksumType', checksum?.type),
    ),
  );
}
