import { AdapterError } from '@waybill/contract';
import type { AdapterErrorCode } from '@waybill/contract';

/** The system's code for a failed call (`ENOENT`), or '' where the failure is none of the system's. */
export function systemCode(failure: unknown): string {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return '';
  return typeof failure.code === 'string' ? failure.code : '';
}

/** The name led nowhere: the file or a folder above it is gone, or a file stands where a folder was. */
export function isGone(failure: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(failure));
}

const meaning: Readonly<Record<string, readonly [AdapterErrorCode, string]>> = {
  EACCES: ['unauthorized', 'this process has no permission'],
  EPERM: ['unauthorized', 'the system does not permit it'],
  EIO: ['unreachable', 'the disk gives read errors'],
  ESTALE: ['unreachable', 'the network mount has lost it'],
  ENODEV: ['unreachable', 'its device is gone'],
  ENXIO: ['unreachable', 'its device is gone'],
  ETIMEDOUT: ['unreachable', 'the network mount does not answer'],
  EMFILE: ['unreachable', 'this process has too many files open'],
  ENFILE: ['unreachable', 'this machine has too many files open'],
  ENAMETOOLONG: ['rejected', 'its path is longer than the system can open'],
};

/** The AdapterError for a failed system call; `what` says what was tried, as the middle of a sentence. */
export function fileFailure(name: string, what: string, failure: unknown): AdapterError {
  if (failure instanceof AdapterError) return failure;
  const code = systemCode(failure);
  const [adapterCode, reason] = meaning[code] ?? ['unreachable', code === '' ? String(failure) : code];
  const detail = code === '' || reason === code ? reason : `${reason} (${code})`;
  return new AdapterError(adapterCode, `source ${name}: ${what}: ${detail}.`, { cause: failure });
}
