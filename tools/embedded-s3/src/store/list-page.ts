import { compareKeys, lowerBound } from './key-order.ts';

export interface PageQuestion {
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  /** Only what comes after this key or common prefix. '' for the start. */
  readonly after: string;
  readonly limit: number;
}

export interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Present when there is more: the last key or common prefix of this page. */
  readonly next?: string;
}

/** One page of a listing (S3 user guide, "Organizing objects using prefixes"). Keys and common prefixes count alike towards the limit. */
export function listPage(sorted: readonly string[], question: PageQuestion): Page {
  const { prefix, delimiter, after, limit } = question;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  let at = lowerBound(sorted, compareKeys(after, prefix) > 0 ? after : prefix);
  for (;;) {
    const key = sorted[at];
    if (key === undefined || !key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (key === after || common === after) {
      at++;
      continue;
    }
    if (limit === 0) break;
    if (keys.length + commonPrefixes.length === limit) return { keys, commonPrefixes, next: last };
    if (common === undefined) {
      keys.push(key);
      last = key;
      at++;
    } else {
      commonPrefixes.push(common);
      last = common;
      while (sorted[at]?.startsWith(common) === true) at++;
    }
  }
  return { keys, commonPrefixes };
}
