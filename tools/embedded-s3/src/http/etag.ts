/** An ETag as it goes over the wire. */
export const quoted = (etag: string): string => `"${etag}"`;

/** An ETag as clients send it: with quotes, without, or weak. */
export const unquoted = (etag: string): string =>
  etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');

/** True when the list of ETags in an If-Match or If-None-Match header names this one, or is `*`. */
export const etagListHas = (list: string, etag: string): boolean =>
  list.split(',').some(entry => entry.trim() === '*' || unquoted(entry) === etag);
