const mask = '[secret]';

/** What a secret looks like inside a text that somebody else wrote: a driver's message, a URL, a header. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]*:)[^\s/@]+@/gi, `$1${mask}@`],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}/gi, `$1 ${mask}`],
  [
    /\b(x-amz-(?:signature|security-token|credential)|password|passwd|secret|token|api[-_]?key)=[^\s&"']+/gi,
    `$1=${mask}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mask],
];

/** Field names whose value never leaves the process. */
const secretName =
  /pass(word|phrase|wd)|secret|token$|^token|apikey|api[-_]key|authorization|credential|private[-_]?key|cookie/i;

const deepest = 6;

/** The text without what looks like a secret. */
export function scrubText(text: string): string {
  return patterns.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** A copy for a log line: secrets masked by name and by look, bigints as text, cycles and depths cut. */
export function scrubFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth >= deepest) return '[deeper]';
  if (Array.isArray(value)) return value.map(each => scrubFields(each, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return scrubFields((value.toJSON as () => unknown)(), depth + 1);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretName.test(name) && each !== undefined && each !== null ? mask : scrubFields(each, depth + 1),
    ]),
  );
}
