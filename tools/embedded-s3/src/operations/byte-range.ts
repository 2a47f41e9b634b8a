import { S3Error } from '../s3-error.ts';

/** Half-open range of an object's bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that a Range header asks for (RFC 9110, 14.1.2). Undefined: the whole object, also for several ranges or
 * a form that is not understood, as S3 does. Throws InvalidRange when no byte of it exists.
 */
export function readRange(value: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(value?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(value, size);
    return { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(value, size);
  return { start, end };
}

const unsatisfiable = (value: string | undefined, size: number): S3Error =>
  new S3Error('InvalidRange', 'The requested range is not satisfiable.', {
    RangeRequested: value ?? '',
    ActualObjectSize: String(size),
  });
