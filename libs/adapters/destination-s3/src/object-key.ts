import { AdapterError } from '@waybill/contract';

/**
 * The object key of a delivery's key. A store would take almost any key; those that are no plain path are `rejected`
 * all the same, because the tools that read the bucket turn keys into paths.
 */
export function objectKey(prefix: string, key: string): string {
  const hostile =
    key.includes('\0') || key.split('/').some(part => part === '' || part === '.' || part === '..');
  if (hostile) {
    throw new AdapterError(
      'rejected',
      `${JSON.stringify(key)} is not a path below the destination's prefix: it is absolute, or has an empty, "." or ".." part or a NUL; change the route's key.`,
    );
  }
  return `${prefix}${key}`;
}
