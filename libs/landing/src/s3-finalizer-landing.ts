import type { FinalizerLanding } from './finalizer-landing.ts';
import { completeUpload } from './s3-complete.ts';
import { contentOf } from './s3-content.ts';
import type { S3Context } from './s3-context.ts';
import { headObject } from './s3-head.ts';
import { putJson } from './s3-json.ts';
import { openObject } from './s3-open.ts';
import { describePlace } from './s3-place.ts';
import { probeBucket } from './s3-probe.ts';
import { proveObject } from './s3-prove.ts';
import { abortUpload, listUploads } from './s3-uploads.ts';

/** The finalizer's face of the S3 landing. */
export function createFinalizerFace(context: S3Context, close: () => Promise<void>): FinalizerLanding {
  return {
    description: describePlace(context.place),
    probe: signal => probeBucket(context, signal),
    complete: upload => completeUpload(context, upload),
    prove: object => proveObject(context, object),
    head: (key, signal) => headObject(context, key, signal),
    open: (key, range, signal) => openObject(context, key, range, signal),
    content: object => contentOf(context, object),
    putJson: (key, value, signal) => putJson(context, key, value, signal),
    listUploads: (prefix, signal) => listUploads(context, prefix, signal),
    abort: (upload, signal) => abortUpload(context, upload, signal),
    close,
  };
}
