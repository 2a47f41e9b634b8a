import { randomUUID } from 'node:crypto';
import { makeFolders } from './remote-folders.ts';
import { inFolder } from './remote-path.ts';
import { answerError } from './sftp-error.ts';
import { openFlags, type SftpSession } from './sftp-session.ts';

/**
 * Does in small what a delivery does: makes the directory, creates a file, renames it, and takes everything away again.
 * Servers that allow to write and forbid to rename are known in the field.
 */
export async function probeDirectory(session: SftpSession, where: string, directory: string): Promise<void> {
  const made = await makeFolders(session, where, directory);
  const name = inFolder(directory, `.waybill-probe-${randomUUID()}`);
  const step = <T>(doing: string, promise: Promise<T>) =>
    promise.catch((error: unknown) => {
      throw answerError(where, doing, error);
    });
  try {
    const handle = await step(
      `create a file in ${directory}`,
      session.open(`${name}.part`, openFlags.create),
    );
    try {
      await step(`write in ${directory}`, session.write(handle, Buffer.from('waybill'), 0));
    } finally {
      await session.close(handle);
    }
    await step(`rename a file in ${directory}`, session.rename(`${name}.part`, `${name}-renamed.part`));
  } finally {
    if (session.connection.usable && !session.signal.aborted) {
      await session.remove(`${name}.part`);
      await session.remove(`${name}-renamed.part`);
      for (const folder of made.reverse()) await session.rmdir(folder);
    }
  }
}
