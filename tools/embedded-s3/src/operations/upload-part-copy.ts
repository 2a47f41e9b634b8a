import { createHash } from 'node:crypto';
import { createHasher } from '../checksum/algorithms.ts';
import { answerXml } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { document, text } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';
import type { DataFiles } from '../store/data-files.ts';
import type { Manifest } from '../store/manifest.ts';
import { holdCopySource } from './copy-source.ts';
import { slices } from './send-bytes.ts';
import { partOf } from './upload-part.ts';

const bufferBytes = 1024 * 1024;

/** UploadPartCopy: a part from bytes that are here already. They are copied, since the ETag needs their MD5. */
export const uploadPartCopy: Operation = async exchange => {
  const { request, store } = exchange;
  const { upload, number } = partOf(exchange);
  const held = await holdCopySource(exchange);
  try {
    const range = readCopyRange(request, held.manifest.size);
    const md5 = createHash('md5');
    const algorithm = upload.checksum?.algorithm;
    const hasher = algorithm === undefined ? undefined : await createHasher(algorithm);
    const writer = await store.data.create();
    try {
      for await (const bytes of read(store.data, held.manifest, range)) {
        md5.update(bytes);
        hasher?.update(bytes);
        await writer.write(bytes);
      }
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      await store.data.discard([writer.file]);
      throw error;
    }
    const part = {
      number,
      file: writer.file,
      size: range.end - range.start,
      md5: md5.digest('hex'),
      modified: Date.now(),
      checksums: algorithm === undefined || hasher === undefined ? {} : { [algorithm]: hasher.digest() },
    };
    try {
      await store.uploads.addPart(upload.id, part);
    } catch (error) {
      await store.data.discard([writer.file]);
      throw error;
    }
    answerXml(
      exchange,
      document(
        'CopyPartResult',
        text('LastModified', new Date(part.modified).toISOString()),
        text('ETag', quoted(part.md5)),
        ...Object.entries(part.checksums).map(([name, value]) => text(`Checksum${name}`, value)),
      ),
    );
  } finally {
    await held.release();
  }
};

/** `bytes=first-last`, both needed and both inside the source (S3 API reference, UploadPartCopy). */
function readCopyRange(request: S3Request, size: number): { readonly start: number; readonly end: number } {
  const value = header(request, 'x-amz-copy-source-range');
  if (value === undefined) return { start: 0, end: size };
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(value) ?? [];
  const range = { start: Number(first), end: Number(last) + 1 };
  if (first !== '' && range.start < range.end && range.end <= size) return range;
  throw new S3Error(
    'InvalidArgument',
    `The x-amz-copy-source-range value must be of the form bytes=first-last, inside the source of ${size} bytes.`,
    { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: value },
  );
}

async function* read(data: DataFiles, manifest: Manifest, range: { start: number; end: number }) {
  for (const { file, from, to } of slices(manifest.parts, range.start, range.end)) {
    const handle = await data.openForReading(file);
    try {
      for (let at = from; at < to;) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(bufferBytes, to - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error(`A data file ends before byte ${to} that its manifest names.`);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
}
