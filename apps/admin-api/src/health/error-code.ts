/** The code of a system error (`ENOENT`, `ECONNREFUSED`), which tells the reason without quoting anything. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
