import picomatch from 'picomatch';

/** Suffixes that programs give to files which they have not finished. Dotfiles are taken. */
export const defaultIgnore = [
  '*.part',
  '*.filepart',
  '*.tmp',
  '*.temp',
  '*.writing',
  '*.crdownload',
  '*.swp',
  '*~',
] as const;

/** True for what is left alone: its key and its own name. */
export type IgnoreRule = (key: string, name: string) => boolean;

/** A pattern without "/" is held against the name at any depth, one with "/" against the whole key. */
export function ignoreRule(patterns: readonly string[]): IgnoreRule {
  const options = { dot: true };
  const byName = patterns.filter(pattern => !pattern.includes('/'));
  const byKey = patterns.filter(pattern => pattern.includes('/')).map(pattern => pattern.replace(/^\//, ''));
  const nameMatches = byName.length === 0 ? () => false : picomatch(byName, options);
  const keyMatches = byKey.length === 0 ? () => false : picomatch(byKey, options);
  return (key, name) => nameMatches(name) || keyMatches(key);
}
