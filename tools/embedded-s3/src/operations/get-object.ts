import { answer, defined, objectOf } from '../http/exchange.ts';
import type { AnswerHeaders, Exchange, Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Manifest } from '../store/manifest.ts';
import { readRange } from './byte-range.ts';
import type { Range } from './byte-range.ts';
import { isUnchanged, readConditions } from './conditions.ts';
import { writeObjectHeaders } from './object-headers.ts';
import { checksumHeaders } from './put-object.ts';
import { sendBytes } from './send-bytes.ts';

/** GetObject and HeadObject. */
export const getObject: Operation = async exchange => {
  const { store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const held = await store.objects.hold(bucket, key);
  if (held === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
  try {
    await send(exchange, held.manifest);
  } finally {
    await held.release();
  }
};

async function send(exchange: Exchange, manifest: Manifest): Promise<void> {
  const { request, response, store } = exchange;
  const identity = {
    etag: quoted(manifest.etag),
    'last-modified': new Date(manifest.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  if (isUnchanged(readConditions(request), manifest)) {
    answer(exchange, 304, identity);
    return;
  }
  const part = readPart(request, manifest);
  const range = part?.range ?? rangeOf(request, manifest);
  const { start, end } = range ?? { start: 0, end: manifest.size };
  const headers: AnswerHeaders = {
    ...writeObjectHeaders(manifest),
    ...identity,
    ...overrides(request),
    ...(part === undefined ? {} : part.headers),
    // A checksum of the whole would be wrong about a piece.
    ...(range === undefined && header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
      ? checksumHeaders(manifest.checksum)
      : {}),
    'content-length': end - start,
    'content-range': range === undefined ? undefined : `bytes ${start}-${end - 1}/${manifest.size}`,
  };
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD' || end === start) {
    response.writeHead(status, defined(headers)).end();
    return;
  }
  await sendBytes({ response, data: store.data, parts: manifest.parts, start, end }, () =>
    response.writeHead(status, defined(headers)),
  );
}

function rangeOf(request: S3Request, manifest: Manifest): Range | undefined {
  const ifRange = header(request, 'if-range');
  if (ifRange !== undefined && ifRange.trim() !== quoted(manifest.etag)) return undefined;
  return readRange(header(request, 'range'), manifest.size);
}

/** `?partNumber=`: one part as it was uploaded. */
function readPart(request: S3Request, manifest: Manifest) {
  const value = request.query.get('partNumber');
  if (value === undefined) return undefined;
  const isMultipart = manifest.etag.includes('-');
  const count = isMultipart ? manifest.parts.length : 1;
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number < 1) {
    throw new S3Error('InvalidArgument', 'Part number must be a whole number from 1 to 10000.');
  }
  if (number > count) {
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable.', {
      ActualPartCount: String(count),
      PartNumberRequested: value,
    });
  }
  const start = manifest.parts.slice(0, number - 1).reduce((sum, part) => sum + part.size, 0);
  const end = start + (manifest.parts[number - 1]?.size ?? 0);
  return {
    range: end === start ? undefined : { start, end },
    headers: isMultipart ? { 'x-amz-mp-parts-count': count } : {},
  };
}

const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** `?response-content-disposition=` and its like, for presigned links. */
function overrides(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of overridable) {
    const value = request.query.get(`response-${name}`);
    if (value === undefined) continue;
    // eslint-disable-next-line no-control-regex -- a header must not hold a line break
    if (/[\u0000-\u001f\u007f]/.test(value))
      throw new S3Error('InvalidArgument', `response-${name} is malformed.`);
    headers[name] = value;
  }
  return headers;
}
