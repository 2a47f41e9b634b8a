import { header } from '../http/s3-request.ts';
import type { S3Request } from '../http/s3-request.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { Authorization } from '../signature/authorize.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

/** A body without its transfer framing. `trailer` is filled when `bytes` has ended. */
export interface OpenBody {
  /** Bytes that must come. */
  readonly length: number;
  readonly bytes: AsyncIterable<Buffer>;
  readonly trailer: ReadonlyMap<string, string>;
}

const streaming = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, hasTrailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, hasTrailer: true },
} as const;

/** Chooses the decoder that `x-amz-content-sha256` names. Throws MissingContentLength, EntityTooLarge, 501. */
export function openBody(request: S3Request, authorization: Authorization, maxBytes: number): OpenBody {
  const { payload, chunks } = authorization;
  const trailer = new Map<string, string>();
  if (payload === 'UNSIGNED-PAYLOAD' || /^[0-9a-f]{64}$/.test(payload)) {
    if (header(request, 'transfer-encoding') !== undefined) {
      throw notImplemented('bodies of unknown length (Transfer-Encoding: chunked without aws-chunked)');
    }
    return { length: lengthOf(request, 'content-length', maxBytes), bytes: rawBytes(request), trailer };
  }
  const mode = Object.entries(streaming).find(([name]) => name === payload)?.[1];
  if (mode === undefined) {
    if (payload.startsWith('STREAMING-')) throw notImplemented(`x-amz-content-sha256: ${payload}`);
    throw new S3Error('InvalidArgument', 'x-amz-content-sha256 must be a SHA-256 in hex or a known word.');
  }
  const bytes = decodeAwsChunked(rawBytes(request), {
    ...(mode.signed ? { seed: chunks } : {}),
    hasTrailer: mode.hasTrailer,
    onTrailer: fields => fields.forEach((value, name) => trailer.set(name, value)),
  });
  return { length: lengthOf(request, 'x-amz-decoded-content-length', maxBytes), bytes, trailer };
}

/** The network reads. Ending early leaves the connection usable: the answer still has to go out on it. */
function rawBytes(request: S3Request): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]: () =>
      request.message.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>,
  };
}

function lengthOf(request: S3Request, name: string, maxBytes: number): number {
  const value = header(request, name);
  if (value === undefined || !/^\d{1,15}$/.test(value)) {
    throw new S3Error('MissingContentLength', `You must provide the ${name} header.`);
  }
  const length = Number(value);
  if (length <= maxBytes) return length;
  throw new S3Error('EntityTooLarge', `Your upload of ${length} bytes exceeds the maximum of ${maxBytes}.`, {
    ProposedSize: value,
    MaxSizeAllowed: String(maxBytes),
  });
}
