import { setTimeout as delay } from 'node:timers/promises';
import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import { hexToBase64 } from './checksum-ability.ts';
import { doubtOf, type CompleteDoubt } from './complete-doubt.ts';
import type { CompleteOutcome, CompleteUpload, LandedObject } from './finalizer-landing.ts';
import { expectedObject, foreign, proveStanding, type ExpectedObject } from './object-proof.ts';
import type { S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { headObject } from './s3-head.ts';
import { describePlace } from './s3-place.ts';

const attempts = 4;
/** Milliseconds between doubtful attempts: a store may still be assembling the object. */
const pause = 500;

interface CompleteForm {
  readonly totalSize: boolean;
  readonly partChecksums: boolean;
}

/** Complete, then HEAD: the object alone decides what happened. */
export async function completeUpload(context: S3Context, upload: CompleteUpload): Promise<CompleteOutcome> {
  try {
    return await completeAndLook(context, upload);
  } catch (error) {
    throw toAdapterError(error, `complete ${upload.key}`, context.place);
  }
}

async function completeAndLook(context: S3Context, upload: CompleteUpload): Promise<CompleteOutcome> {
  const expected = expectedObject(upload);
  const before = await headObject(context, upload.key, upload.signal);
  const already = provenIfOurs(context, before, expected);
  // Length alone does not tell this upload's object from an earlier one's; then the store's answer to Complete decides.
  if (already !== undefined && already.object.proofLevel !== 'size') return already;
  // Complete would overwrite it, and a condition on Complete costs every part on some stores (409).
  if (before !== undefined && before.token !== upload.token && upload.replace !== true)
    throw foreign(before, context.place);

  let form: CompleteForm = { totalSize: true, partChecksums: false };
  let last: unknown;
  let gone = 0;
  const failure = () => toAdapterError(last, `complete ${upload.key}`, context.place);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const doubt = await sendComplete(context, upload, form).then(
      () => undefined,
      (error: unknown): CompleteDoubt => {
        last = error;
        return doubtOf(error);
      },
    );
    upload.signal.throwIfAborted();
    const standing = await headObject(context, upload.key, upload.signal);
    if (standing !== undefined && doubt === undefined)
      return { outcome: 'proven', object: proveStanding(standing, expected, context.place) };
    const done = provenIfOurs(context, standing, expected);
    if (done !== undefined) return done;
    switch (doubt) {
      case 'parts':
        return { outcome: 'parts-rejected', reason: reasonOf(last) };
      case 'definite':
        throw failure();
      case 'checksums':
        if (form.partChecksums) return { outcome: 'parts-rejected', reason: reasonOf(last) };
        form = { ...form, partChecksums: true };
        continue;
      case 'size-unknown':
        if (!form.totalSize) throw failure();
        form = { ...form, totalSize: false };
        continue;
      case 'gone':
        // Once more after a pause: another Complete of this upload may be about to show its object.
        gone += 1;
        if (gone > 1) return { outcome: 'upload-gone', reason: reasonOf(last) };
        break;
      case 'ambiguous':
      case undefined:
        break;
    }
    await delay(pause * attempt, undefined, { signal: upload.signal });
  }
  if (last === undefined)
    throw new AdapterError(
      'unreachable',
      `${describePlace(context.place)} says it completed ${upload.key} but shows no such object.`,
    );
  throw failure();
}

/**
 * Proven when these bytes of ours stand there already, whoever's Complete made them. Other bytes under our own token are an
 * earlier upload of the same asset, which this one replaces.
 */
function provenIfOurs(
  context: S3Context,
  standing: LandedObject | undefined,
  expected: ExpectedObject,
): (CompleteOutcome & { outcome: 'proven' }) | undefined {
  if (standing === undefined || standing.token !== expected.token) return undefined;
  try {
    return { outcome: 'proven', object: proveStanding(standing, expected, context.place) };
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'content-mismatch') return undefined;
    throw error;
  }
}

async function sendComplete(context: S3Context, upload: CompleteUpload, form: CompleteForm): Promise<void> {
  const Parts = upload.parts
    .toSorted((a, b) => a.number - b.number)
    .map(part => ({
      PartNumber: part.number,
      ETag: `"${part.etag}"`,
      ...(form.partChecksums && part.crc32 !== undefined ? { ChecksumCRC32: hexToBase64(part.crc32) } : {}),
    }));
  await context.single.send(
    new CompleteMultipartUploadCommand({
      Bucket: context.bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      MultipartUpload: { Parts },
      ...(form.totalSize ? { MpuObjectSize: upload.size } : {}),
    }),
    abortable(upload.signal),
  );
}

function reasonOf(error: unknown): string {
  const { code, message } = faultOf(error);
  return message === '' ? code : `${code}: ${message}`;
}
