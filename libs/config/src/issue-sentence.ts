import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { keysAt } from './schema-keys.ts';
import type { Path } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** What zod found, as one sentence for a person, and where. */
export interface Finding {
  readonly path: Path;
  readonly sentence: string;
}

/** Where a schema's findings lie in the file. */
export interface Place {
  readonly schema: z.ZodType;
  /** The whole file, for the names of things. */
  readonly file: unknown;
  /** Path of the value that the schema judged. */
  readonly prefix: Path;
  /** Keys that may stand beside those of the schema. */
  readonly alsoKnown?: readonly string[];
}

/** One finding an unknown key, one each for everything else. */
export function findings(error: z.ZodError, place: Place): Finding[] {
  return error.issues.flatMap(issue => sentences(issue, place, []));
}

function sentences(issue: Issue, place: Place, above: Path): Finding[] {
  const local = [...above, ...issue.path];
  const path = [...place.prefix, ...local];
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const branch = issue.errors.find(issues =>
      issues.every(one => one.code !== 'invalid_type' || one.path.length > 0),
    );
    if (branch !== undefined) return branch.flatMap(one => sentences(one, place, local));
  }
  const where = placeName(path, place.file);
  if (issue.code === 'unrecognized_keys') {
    const known = [...(local.length === 0 ? (place.alsoKnown ?? []) : []), ...keysAt(place.schema, local)];
    return issue.keys.map(key => ({
      path: [...path, key],
      sentence: `${where}there is no key "${key}". ${didYouMean(key, known, 'known keys')}`,
    }));
  }
  const key = local.at(-1)?.toString() ?? 'this';
  if (issue.code !== 'custom' && valueAt(place.file, path) === undefined && path.length > 0) {
    return [{ path, sentence: `${placeName(path.slice(0, -1), place.file)}"${key}" is missing. Add it.` }];
  }
  return [{ path, sentence: `${where}${reason(issue, valueAt(place.file, path))}` }];
}

/** `source "model-csv": finish.idle: ` */
function placeName(path: Path, file: unknown): string {
  const [list, index, ...rest] = path;
  const kinds: Readonly<Record<string, string>> = {
    sources: 'source',
    destinations: 'destination',
    routes: 'route',
  };
  const kind = typeof list === 'string' ? kinds[list] : undefined;
  if (kind === undefined || typeof index !== 'number') return path.length === 0 ? '' : `${path.join('.')}: `;
  const name = valueAt(file, [list ?? '', index, kind === 'route' ? 'from' : 'name']);
  const title = typeof name === 'string' ? `"${name}"` : `number ${(index + 1).toString()}`;
  const relation = kind === 'route' && typeof name === 'string' ? 'route from ' : `${kind} `;
  return `${relation}${title}: ${rest.length === 0 ? '' : `${rest.map(String).join('.')}: `}`;
}

function reason(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    return `here stands ${kindOf(value)} where ${wanted(issue.expected)} belongs. Correct it.`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) {
    return `${shown(value)} is not known. Write one of: ${issue.values.map(String).join(', ')}.`;
  }
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) {
    return issue.origin === 'string' || issue.origin === 'array'
      ? 'it is empty. Write a value or remove the key.'
      : `it is too small. The least is ${issue.minimum.toString()}.`;
  }
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) {
    return `it is too large. The most is ${issue.maximum.toString()}.`;
  }
  return ended(issue.message);
}

const ended = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `"${value.toString()}"`
    : kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'a group of keys'
    : typeof value === 'string'
      ? 'a text'
      : `a ${typeof value}`;
}

function wanted(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text (in quotes where it looks like a number)',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
  };
  return words[expected] ?? `a value of type ${expected}`;
}

/** What stands under `path`. */
export function valueAt(file: unknown, path: Path): unknown {
  let value = file;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
