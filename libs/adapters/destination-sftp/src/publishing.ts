import { AdapterError, type Receipt } from '@waybill/contract';
import { readBackSha256 } from './read-back.ts';
import type { RemotePaths } from './remote-path.ts';
import { answerError, status, statusOf } from './sftp-error.ts';
import { isFolder, type SftpSession } from './sftp-session.ts';
import type { Staged } from './staging.ts';

type Evidence = Record<string, string | number | boolean | null>;

/** What stands under a file's final name. */
export type Standing = 'nothing' | 'same' | 'other';

/** Looks at the final name; a file of equal size is read back and hashed, since nothing else proves it the same. */
export async function whatStands(
  session: SftpSession,
  where: string,
  paths: RemotePaths,
  expected: { readonly size: number; readonly sha256: string },
): Promise<Standing> {
  try {
    const found = await session.stat(paths.final);
    if (found === undefined) return 'nothing';
    if (isFolder(found) || found.size !== expected.size) return 'other';
    return (await readBackSha256(session, paths.final, found.size)) === expected.sha256 ? 'same' : 'other';
  } catch (error) {
    throw answerError(where, `compare the file that stands at ${paths.final}`, error);
  }
}

export function conflict(where: string, path: string): AdapterError {
  return new AdapterError(
    'conflict',
    `${where}: other bytes stand at ${path}; they are kept. Move them away, or set overwrite: replace.`,
  );
}

/** Gives the staged file its final name. Rejects with the raw error when the answer to the rename was lost. */
export async function publish(
  session: SftpSession,
  where: string,
  staged: Staged,
  overwrite: 'never' | 'replace',
): Promise<Receipt> {
  const { temporary, final } = staged.paths;
  const posix = session.offers('posix-rename@openssh.com');
  if (overwrite === 'replace' && posix) {
    await session.posixRename(temporary, final).catch(renameRefused(where, staged));
    return receipt(staged, { rename: 'posix-rename' });
  }
  if (overwrite === 'replace') {
    if ((await session.stat(final)) !== undefined) await session.remove(final);
    await session.rename(temporary, final).catch(renameRefused(where, staged));
    return receipt(staged, { rename: 'remove, then rename' });
  }
  // A server that knows both renames refuses to replace by the plain one; others may not, so look first.
  if (!posix && (await session.stat(final)) !== undefined) return settleTaken(session, where, staged);
  try {
    await session.rename(temporary, final);
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    if ((await session.stat(final)) !== undefined) return settleTaken(session, where, staged);
    renameRefused(where, staged)(error);
  }
  return receipt(staged, { rename: 'rename' });
}

/**
 * After a rename whose answer was lost: both names tell what happened. The temporary name still there: it did not happen,
 * and is done now. Both gone: it happened, and the partner has already fetched the file.
 */
export async function resolveLostRename(
  session: SftpSession,
  where: string,
  staged: Staged,
  overwrite: 'never' | 'replace',
): Promise<Receipt> {
  const { temporary, final } = staged.paths;
  if ((await session.stat(temporary)) !== undefined) return publish(session, where, staged, overwrite);
  const found = await session.stat(final);
  if (found === undefined) return receipt(staged, { renameAnswerLost: true, takenByPartner: true });
  if (found.size !== staged.item.content.size) throw conflict(where, final);
  return receipt(staged, { renameAnswerLost: true });
}

/** The name was taken while we uploaded: by the same bytes (a late attempt of the same delivery), or by others. */
async function settleTaken(session: SftpSession, where: string, staged: Staged): Promise<Receipt> {
  const { paths, item } = staged;
  if ((await whatStands(session, where, paths, item.content)) === 'other') throw conflict(where, paths.final);
  await session.remove(paths.temporary);
  return { ...receipt(staged, { readBack: true }), proofLevel: 'destination_reread' };
}

function renameRefused(where: string, staged: Staged): (error: unknown) => never {
  const { temporary, final } = staged.paths;
  return error => {
    if (statusOf(error) === undefined) throw error;
    if (statusOf(error) === status.noSuchFile) {
      throw new AdapterError(
        'content-mismatch',
        `${where}: ${temporary} was gone before it could be renamed to ${final}: a newer attempt took over, or something on the server removed it.`,
        { cause: error },
      );
    }
    throw answerError(where, `rename ${temporary} to ${final}`, error);
  };
}

function receipt(staged: Staged, evidence: Evidence): Receipt {
  const { item, paths, sha256, synced } = staged;
  return {
    deliveryId: item.deliveryId,
    outcome: 'delivered',
    key: item.key,
    size: item.content.size,
    proofLevel: 'size',
    evidence: { path: paths.final, size: item.content.size, sha256Sent: sha256, fsync: synced, ...evidence },
  };
}
