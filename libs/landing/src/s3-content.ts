import { Readable } from 'node:stream';
import { AdapterError, type Content } from '@waybill/contract';
import type { ContentOf } from './finalizer-landing.ts';
import type { S3Context } from './s3-context.ts';
import { openObject } from './s3-open.ts';

/** A proven object as content for a destination. */
export function contentOf(context: S3Context, object: ContentOf): Content {
  return {
    size: object.size,
    sha256: object.sha256,
    contentType: object.contentType,
    origin: {
      store: context.place.address,
      bucket: context.bucket,
      key: object.key,
      etag: object.etag,
    },
    open: async (start, signal) => {
      // A range that starts at the end is no range to S3 (416), but no bytes to a reader.
      if (start >= object.size) return Readable.from([], { objectMode: false });
      try {
        return await openObject(
          context,
          object.key,
          { start, end: object.size, ifMatch: object.etag },
          signal,
        );
      } catch (error) {
        // To a destination an unreachable landing must not look like an unreachable partner.
        if (error instanceof AdapterError && (error.code === 'unreachable' || error.code === 'throttled'))
          throw new AdapterError('content-failed', error.message, {
            cause: error,
            ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
          });
        throw error;
      }
    },
  };
}
