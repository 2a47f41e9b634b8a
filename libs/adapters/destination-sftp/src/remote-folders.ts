import { AdapterError } from '@waybill/contract';
import { parentOf } from './remote-path.ts';
import { answerError, status, statusOf } from './sftp-error.ts';
import { isFolder, type SftpSession } from './sftp-session.ts';

/** Makes a folder and those above it where they are missing; returns those that this call made, outermost first. */
export async function makeFolders(session: SftpSession, where: string, folder: string): Promise<string[]> {
  try {
    await session.mkdir(folder);
    return [folder];
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    // Servers answer "exists" with a bare failure, some with a denial: look instead of guessing.
    const found = await session.stat(folder).catch((unseen: unknown) => {
      throw answerError(where, `see the folder ${folder}`, unseen);
    });
    if (found !== undefined) {
      if (isFolder(found)) return [];
      throw new AdapterError(
        'rejected',
        `${where}: ${folder} is a file and not a folder; move it away or change the route's directory.`,
      );
    }
    const parent = parentOf(folder);
    if (statusOf(error) !== status.noSuchFile || parent === folder) {
      throw answerError(where, `make the folder ${folder}`, error);
    }
    const above = await makeFolders(session, where, parent);
    await session.mkdir(folder).catch(async (again: unknown) => {
      // Two deliveries may make the same folder at once.
      if (statusOf(again) === undefined || (await session.stat(folder)) === undefined) {
        throw answerError(where, `make the folder ${folder}`, again);
      }
    });
    return [...above, folder];
  }
}
