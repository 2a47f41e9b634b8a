import { AdapterError, type AdapterErrorCode } from '@waybill/contract';

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, 7). */
export const status = {
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

/** The server's status code in an error of ssh2; undefined when the server did not answer. */
export function statusOf(error: unknown): number | undefined {
  const code = error instanceof AdapterError ? undefined : property(error, 'code');
  return typeof code === 'number' ? code : undefined;
}

/** A property of whatever was thrown; errors of the network come from Node's own realm, so `instanceof` does not tell. */
export function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/** What whatever was thrown says. */
export function saying(error: unknown): string {
  const message = property(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

const reasons: Readonly<Record<number, { code: AdapterErrorCode; reason: string }>> = {
  [status.noSuchFile]: { code: 'rejected', reason: 'there is no such file or folder' },
  [status.permissionDenied]: {
    code: 'unauthorized',
    reason: 'the server denies permission; allow this user to do it there',
  },
  [status.badMessage]: {
    code: 'rejected',
    reason: 'the server does not take this name or request; it may be too long or hold characters it refuses',
  },
  [status.unsupported]: { code: 'rejected', reason: 'the server does not support it' },
};

/** One sentence for what the server answered while `doing` something, such as `create /in/a.mp4`. */
export function answerError(where: string, doing: string, error: unknown): AdapterError {
  if (error instanceof AdapterError) return error;
  const answered = statusOf(error);
  const known = answered === undefined ? undefined : reasons[answered];
  const reason = known?.reason ?? `the server answered "${saying(error)}"`;
  return new AdapterError(known?.code ?? 'rejected', `${where}: cannot ${doing}: ${reason}.`, {
    cause: error,
  });
}
