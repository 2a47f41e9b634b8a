import type { Operation } from './http/exchange.ts';
import { abortMultipartUpload, createMultipartUpload } from './operations/begin-upload.ts';
import {
  createBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from './operations/buckets.ts';
import { completeMultipartUpload } from './operations/complete-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { deleteObject, deleteObjects } from './operations/delete-objects.ts';
import { getObjectTagging } from './operations/get-object-tagging.ts';
import { getObject } from './operations/get-object.ts';
import { listObjectsV1, listObjectsV2 } from './operations/list-objects.ts';
import { listMultipartUploads, listParts } from './operations/list-uploads.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';

/** One kind of request that is served. */
export interface Route {
  readonly method: string;
  readonly about: 'service' | 'bucket' | 'object';
  /** Query parameters that make it this request. */
  readonly needs: readonly string[];
  /** Query parameters that it may have besides. Any other: 501. */
  readonly takes: readonly string[];
  /** Whether `x-amz-copy-source` is there. */
  readonly copies: boolean;
  readonly operation: Operation;
}

const route = (
  method: string,
  about: Route['about'],
  operation: Operation,
  { needs = [], takes = [], copies = false }: Partial<Route> = {},
): Route => ({ method, about, needs, takes, copies, operation });

const list = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const read = [
  'partNumber',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];

/** Everything that this server does. What matches no line is answered 501. */
export const routes: readonly Route[] = [
  route('GET', 'service', listBuckets),
  route('HEAD', 'bucket', headBucket),
  route('PUT', 'bucket', createBucket),
  route('GET', 'bucket', getBucketLocation, { needs: ['location'] }),
  route('GET', 'bucket', getBucketVersioning, { needs: ['versioning'] }),
  route('GET', 'bucket', listObjectsV1, { takes: [...list, 'marker'] }),
  route('GET', 'bucket', listObjectsV2, {
    needs: ['list-type'],
    takes: [...list, 'continuation-token', 'start-after', 'fetch-owner'],
  }),
  route('GET', 'bucket', listMultipartUploads, {
    needs: ['uploads'],
    takes: ['prefix', 'delimiter', 'max-uploads', 'encoding-type', 'key-marker', 'upload-id-marker'],
  }),
  route('POST', 'bucket', deleteObjects, { needs: ['delete'] }),
  route('PUT', 'object', putObject),
  route('PUT', 'object', copyObject, { copies: true }),
  route('GET', 'object', getObject, { takes: read }),
  route('HEAD', 'object', getObject, { takes: read }),
  route('GET', 'object', getObjectTagging, { needs: ['tagging'] }),
  route('DELETE', 'object', deleteObject),
  route('POST', 'object', createMultipartUpload, { needs: ['uploads'] }),
  route('PUT', 'object', uploadPart, { needs: ['partNumber', 'uploadId'] }),
  route('PUT', 'object', uploadPartCopy, { needs: ['partNumber', 'uploadId'], copies: true }),
  route('GET', 'object', listParts, {
    needs: ['uploadId'],
    takes: ['max-parts', 'part-number-marker', 'encoding-type'],
  }),
  route('POST', 'object', completeMultipartUpload, { needs: ['uploadId'] }),
  route('DELETE', 'object', abortMultipartUpload, { needs: ['uploadId'] }),
];
