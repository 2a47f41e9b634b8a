import { filenameOf, refusedKey, splitFilename } from './object-key.ts';

const fieldNames = ['source', 'key', 'filename', 'stem', 'ext', 'date', 'recording', 'chapter'] as const;
type FieldName = (typeof fieldNames)[number];

type Piece =
  { readonly text: string } | { readonly field: FieldName; readonly width: number; readonly written: string };

/** A checked template, ready to be rendered for any file. */
export interface KeyTemplate {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** Where files land when a route names no key. */
export const defaultKeyTemplate = '{source}/{key}';

/** What a template is filled from. */
export interface KeyFields {
  readonly source: string;
  /** The file's key at its source: path with '/', no leading '/'. */
  readonly key: string;
  /** `{date}` is its day in UTC: a key must not depend on where an edge stands. */
  readonly modifiedAt: Date;
  readonly recording?: { readonly id: string; readonly chapter: number } | undefined;
}

/** A value, or one sentence that says why there is none. */
export type Rendered = { readonly key: string } | { readonly refused: string };

/**
 * Reads a template such as `{source}/{date}/{filename}`. Fields: `source`, `key` (path below the source), `filename`,
 * `stem` and `ext` (`ext` with its dot, empty where there is none, so that `{stem}{ext}` is always the filename), `date`,
 * `recording`, `chapter`, and `chapter:03` for at least three digits. Anything else is refused with a sentence.
 */
export function parseKeyTemplate(text: string): { readonly template: KeyTemplate } | { refused: string } {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const literal = /^[^{}]+/.exec(rest)?.[0];
    const field = /^\{([a-z]+)(?::0(\d))?\}/.exec(rest);
    if (literal !== undefined) {
      pieces.push({ text: literal });
      rest = rest.slice(literal.length);
    } else if (field !== null) {
      const [written, name = '', width] = field;
      const known = fieldNames.find(one => one === name);
      if (known === undefined) return { refused: unknownField(written) };
      if (width !== undefined && known !== 'chapter') {
        return { refused: `${written} has a width, which only {chapter:03} can have` };
      }
      pieces.push({ field: known, width: Number(width ?? 0), written });
      rest = rest.slice(written.length);
    } else {
      return { refused: unknownField(/^\{[^}]*\}?/.exec(rest)?.[0] ?? '}') };
    }
  }
  if (/\.\{ext\}/.test(text)) return { refused: '{ext} brings its own dot: write {stem}{ext}' };
  if (!pieces.some(piece => 'field' in piece && nameFields.has(piece.field))) {
    return { refused: 'nothing in it tells files apart: use {key}, {filename}, {stem} or {chapter}' };
  }
  // Its fixed text alone must make a good key: a template that never could is told at once, not for every file.
  const sample = { source: 's', key: 'k.e', modifiedAt: new Date(0), recording: { id: 'r', chapter: 1 } };
  const template = { text, pieces };
  const rendered = renderKey(template, sample);
  return 'refused' in rendered ? rendered : { template };
}

/** The landing key of a file. Refused: a field has no value for this file, or the result can be no key. */
export function renderKey(template: KeyTemplate, fields: KeyFields): Rendered {
  let key = '';
  for (const piece of template.pieces) {
    if ('text' in piece) key += piece.text;
    else {
      const value = fieldValue(piece.field, fields);
      if (value === undefined) {
        return {
          refused: `the key template "${template.text}" asks for ${piece.written}, which the source did not tell for this file`,
        };
      }
      key += value.padStart(piece.width, '0');
    }
  }
  const reason = refusedKey(key);
  return reason === undefined
    ? { key }
    : { refused: `the key template "${template.text}" gives a key that cannot be used: ${reason}` };
}

const nameFields: ReadonlySet<FieldName> = new Set(['key', 'filename', 'stem', 'chapter']);

function fieldValue(field: FieldName, { source, key, modifiedAt, recording }: KeyFields): string | undefined {
  switch (field) {
    case 'source':
      return source;
    case 'key':
      return key;
    case 'filename':
      return filenameOf(key);
    case 'stem':
      return splitFilename(filenameOf(key)).stem;
    case 'ext':
      return splitFilename(filenameOf(key)).ext;
    case 'date':
      // A damaged file system tells times that are none.
      return Number.isNaN(modifiedAt.getTime()) ? undefined : modifiedAt.toISOString().split('T')[0];
    case 'recording':
      return recording?.id;
    case 'chapter':
      return recording?.chapter.toString();
  }
}

function unknownField(written: string): string {
  const known = fieldNames.map(name => `{${name}}`).join(' ');
  return `"${written}" is no field: use ${known} or {chapter:03}`;
}
