import { createHash } from 'node:crypto';
import { AdapterError } from '@waybill/contract';

/** Where one file goes, and the name that it has until it is whole. */
export interface RemotePaths {
  readonly final: string;
  readonly folder: string;
  readonly temporary: string;
}

/**
 * Joins a key below the destination's directory. A key that could lead out of it, or that means different places on
 * different servers, is `rejected`. `\` counts as a separator when looking for `..`: servers on Windows take it as one.
 */
export function remotePaths(
  directory: string,
  item: { readonly key: string; readonly deliveryId: string; readonly fence: number },
): RemotePaths {
  const final = remotePath(directory, item.key);
  const folder = parentOf(final);
  return {
    final,
    folder,
    temporary: inFolder(folder, `${temporaryStem(item.deliveryId)}${item.fence}.part`),
  };
}

export function remotePath(directory: string, key: string): string {
  const segments = key.split('/');
  const hostile =
    key.includes('\0') ||
    segments.some(segment => segment === '' || segment === '.') ||
    key.split(/[/\\]/).includes('..');
  if (hostile) {
    throw new AdapterError(
      'rejected',
      `${JSON.stringify(key)} is not a path below the destination's directory: it is absolute, or has an empty, "." or ".." part or a NUL; change the route's key.`,
    );
  }
  return inFolder(directory, key);
}

export function inFolder(folder: string, name: string): string {
  if (folder === '' || folder === '.') return name;
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}

/** The folder that holds this path; '.' for a name in the login folder. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

/**
 * Start of the temporary names of one delivery; the fence and `.part` follow. Made of ids alone, so that a name of 250
 * characters has room, and short enough for every server.
 */
function temporaryStem(deliveryId: string): string {
  const id = /^[A-Za-z0-9_-]{1,80}$/.test(deliveryId)
    ? deliveryId
    : createHash('sha256').update(deliveryId).digest('hex').slice(0, 40);
  return `.waybill-${id}-`;
}

/** The fence in a temporary name of this delivery; undefined for any other name. */
export function fenceOfTemporary(deliveryId: string, name: string): number | undefined {
  const stem = temporaryStem(deliveryId);
  const match = name.startsWith(stem) ? /^(\d{1,15})\.part$/.exec(name.slice(stem.length)) : null;
  return match === null ? undefined : Number(match[1]);
}
