import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { abortable } from './abortable.ts';
import { AdapterError } from '@waybill/contract';
import { ExactLength } from './exact-length.ts';
import type { OpenRange } from './finalizer-landing.ts';
import type { S3Context } from './s3-context.ts';
import { faultOf, toAdapterError } from './s3-error.ts';
import { describePlace } from './s3-place.ts';

/** Streams a range of one proven object, whole or with an AdapterError. */
export async function openObject(
  context: S3Context,
  key: string,
  range: OpenRange,
  signal: AbortSignal,
): Promise<Readable> {
  if (range.end !== undefined && range.end <= range.start) return Readable.from([], { objectMode: false });
  const wholeObject = range.start === 0 && range.end === undefined;
  let answer;
  try {
    answer = await context.repeating.send(
      new GetObjectCommand({
        Bucket: context.bucket,
        Key: key,
        IfMatch: `"${range.ifMatch}"`,
        ...(wholeObject
          ? {}
          : {
              Range: `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`,
            }),
      }),
      abortable(signal),
    );
  } catch (error) {
    throw refusal(context, key, range, error);
  }
  const body = answer.Body;
  if (!(body instanceof Readable) || answer.ContentLength === undefined)
    throw new AdapterError('unreachable', `${describePlace(context.place)} sent no body for ${key}.`);
  const length = range.end === undefined ? answer.ContentLength : range.end - range.start;
  const failed = (how: string, cause?: unknown) =>
    new AdapterError(
      'content-failed',
      `Reading ${key} from ${describePlace(context.place)} failed: ${how}.`,
      { cause },
    );
  const guarded = new ExactLength(length, seen => failed(`${seen} of ${length} bytes came`));
  const onAbort = () => body.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  body.once('error', cause => guarded.destroy(failed(faultOf(cause).code, cause)));
  // A body that is destroyed without an error emits only close; pipe() would leave the reader waiting.
  body.once('close', () => {
    if (!body.readableEnded) guarded.destroy(failed('the connection was cut'));
  });
  guarded.once('close', () => {
    signal.removeEventListener('abort', onAbort);
    body.destroy();
  });
  if (signal.aborted) onAbort();
  return body.pipe(guarded);
}

function refusal(context: S3Context, key: string, range: OpenRange, error: unknown): AdapterError {
  const { code, status } = faultOf(error);
  if (status === 412)
    return new AdapterError(
      'conflict',
      `${key} in ${describePlace(context.place)} is another object by now than the proven one with ETag ${range.ifMatch}.`,
      { cause: error },
    );
  if (code === 'InvalidRange' || status === 416)
    return new AdapterError(
      'content-mismatch',
      `${key} in ${describePlace(context.place)} is shorter than ${range.end ?? range.start + 1} bytes.`,
      { cause: error },
    );
  return toAdapterError(error, `read ${key}`, context.place);
}
