import { getSystemErrorMap } from 'node:util';

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7). */
export const sftpStatus = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  unsupported: 8,
} as const;

export type SftpStatusCode = (typeof sftpStatus)[keyof typeof sftpStatus];

/** An answer to a request that is not its result. */
export class SftpError extends Error {
  override readonly name = 'SftpError';
  constructor(
    readonly status: SftpStatusCode,
    message: string,
  ) {
    super(message);
  }
}

const statusOf: Partial<Record<string, SftpStatusCode>> = {
  ENOENT: sftpStatus.noSuchFile,
  ENOTDIR: sftpStatus.noSuchFile,
  EACCES: sftpStatus.permissionDenied,
  EPERM: sftpStatus.permissionDenied,
  EROFS: sftpStatus.permissionDenied,
  ELOOP: sftpStatus.permissionDenied,
};

/** What a client is told: the system's text without the path on this disk. Version 3 has few codes, so the text matters. */
export function sftpErrorOf(error: unknown): SftpError {
  if (error instanceof SftpError) return error;
  const { code, errno } = error as NodeJS.ErrnoException;
  const text = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return new SftpError(statusOf[code ?? ''] ?? sftpStatus.failure, text ?? 'the server failed');
}
