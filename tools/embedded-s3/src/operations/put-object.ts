import { checksumHeader } from '../checksum/algorithms.ts';
import type { Checksum } from '../checksum/algorithms.ts';
import { answer, objectOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { quoted } from '../http/etag.ts';
import { writeGuard } from './conditions.ts';
import { readObjectHeaders } from './object-headers.ts';
import { storeBody } from './store-body.ts';

/** PutObject. The object appears whole, when its bytes are on the disk, or not at all. */
export const putObject: Operation = async exchange => {
  const { request, response, store } = exchange;
  const { bucket, key } = objectOf(exchange);
  const guard = writeGuard(request);
  const described = readObjectHeaders(request);
  // Also before the body, so that a client whose condition fails learns it without sending all of it.
  guard(bucket.index.get(key));
  let checksum: Checksum | undefined;
  let etag = '';
  await storeBody(exchange, undefined, async body => {
    etag = body.md5;
    if (body.sent !== undefined) {
      const value = body.checksums.get(body.sent) ?? '';
      checksum = { algorithm: body.sent, type: 'FULL_OBJECT', value };
    }
    const parts = body.size === 0 ? [] : [{ file: body.file, size: body.size }];
    await store.objects.put(
      bucket,
      { ...described, key, size: body.size, etag, modified: Date.now(), checksum, parts },
      guard,
    );
    // An empty object needs no bytes.
    if (body.size === 0) await store.data.discard([body.file]);
  });
  answer({ response }, 200, { etag: quoted(etag), ...checksumHeaders(checksum) });
};

/** A checksum as headers of an answer. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}
