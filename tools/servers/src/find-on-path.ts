import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Folders of system programs that an ordinary user's PATH often lacks. */
const alsoIn = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin'];

/** The full path of the first of these programs that can be run, or undefined where none is installed. */
export async function findOnPath(programs: readonly string[]): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...alsoIn];
  for (const program of programs) {
    for (const folder of folders) {
      const path = join(folder, program);
      const runs = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return path;
    }
  }
  return undefined;
}
