import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { ProblemError, type FieldError } from './problem.ts';

/**
 * Checks a body or a query against a schema: `@Body(new ZodPipe(retryBody))`. What comes out is the schema's output; what
 * does not fit is a 400 that names each field.
 */
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(value: unknown): z.output<Schema> {
    const result = this.schema.safeParse(value ?? {});
    if (result.success) return result.data;
    const errors = result.error.issues.flatMap(fieldErrors);
    const [first] = errors;
    const where = first === undefined || first.field === '' ? 'The request' : `"${first.field}"`;
    throw new ProblemError(400, `${where} can’t be used: ${first?.message ?? 'it does not fit'}.`, {
      errors,
    });
  }
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      field: fieldOf([...issue.path, key]),
      message: 'there is no such field',
    }));
  }
  return [{ field: fieldOf(issue.path), message: issue.message }];
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}
