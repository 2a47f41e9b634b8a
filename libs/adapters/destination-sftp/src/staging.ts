import { ContentReader, ownSignal } from '@waybill/content';
import { AdapterError, type ParcelItem, type Progress } from '@waybill/contract';
import { writePipelined, WriteRefused } from './pipelined-writer.ts';
import { makeFolders } from './remote-folders.ts';
import { fenceOfTemporary, inFolder, type RemotePaths } from './remote-path.ts';
import { answerError, status, statusOf } from './sftp-error.ts';
import { openFlags, type SftpSession } from './sftp-session.ts';

/** A whole, checked file under its temporary name. */
export interface Staged {
  readonly item: ParcelItem;
  readonly paths: RemotePaths;
  readonly sha256: string;
  /** Whether the server was asked to make it durable, and did. */
  readonly synced: boolean;
}

/** Uploads one file under its temporary name and checks it there; what it leaves on failure is the caller's to remove. */
export async function stage(
  session: SftpSession,
  where: string,
  item: ParcelItem,
  paths: RemotePaths,
  report: Progress,
): Promise<Staged> {
  if (item.fence > 1) await retireOlder(session, where, item, paths);
  const handle = await create(session, where, paths);
  const reading = ownSignal(session.signal);
  const reader = new ContentReader(`${where}: ${paths.final}`, item.content, reading.signal);
  try {
    const sent = await writePipelined(
      session,
      handle,
      reader.chunks(),
      prefix => report(item.deliveryId, prefix),
      reading.stop,
    );
    const read = reader.finish();
    const synced = session.offers('fsync@openssh.com');
    const [found] = await Promise.all([
      session.fstat(handle),
      synced ? session.fsync(handle).catch(refused) : undefined,
    ]);
    await session.close(handle);
    if (found.size !== sent) throw await wrongSize(session, where, paths, found.size, sent);
    return { item, paths, sha256: read.sha256, synced };
  } catch (error) {
    if (session.connection.usable) {
      // Not awaited: the removal that follows is what matters, and a server without the handle open can do it.
      session.connection
        .request<void>((sftp, done) => sftp.close(handle, done), AbortSignal.timeout(1_000))
        .catch(() => undefined);
    }
    throw error instanceof WriteRefused ? await refusedWrite(session, where, paths, error) : error;
  } finally {
    reading.release();
  }
}

/**
 * Takes away what earlier attempts of this delivery left beside the final name. An attempt that still runs elsewhere then
 * finds nothing to rename, and what it still writes lands in a file without a name, never in ours.
 */
async function retireOlder(
  session: SftpSession,
  where: string,
  item: ParcelItem,
  paths: RemotePaths,
): Promise<void> {
  try {
    for (const entry of await session.readdir(paths.folder)) {
      const fence = fenceOfTemporary(item.deliveryId, entry.filename);
      if (fence !== undefined && fence <= item.fence) {
        await session.remove(inFolder(paths.folder, entry.filename));
      }
    }
  } catch (error) {
    if (statusOf(error) === status.noSuchFile) return;
    throw answerError(where, `remove what an earlier attempt left in ${paths.folder}`, error);
  }
}

async function create(session: SftpSession, where: string, paths: RemotePaths): Promise<Buffer> {
  const open = () => session.open(paths.temporary, openFlags.create);
  try {
    return await open().catch(async (error: unknown) => {
      if (statusOf(error) === status.noSuchFile) await makeFolders(session, where, paths.folder);
      // The name is this attempt's own: what stands there is what a repeat of it left.
      else if (statusOf(error) !== status.failure || !(await session.remove(paths.temporary))) throw error;
      return open();
    });
  } catch (error) {
    if (statusOf(error) === status.failure) {
      const full = await outOfSpace(session, where, paths, 1);
      if (full !== undefined) throw full;
    }
    throw answerError(where, `create ${paths.temporary}`, error);
  }
}

function refused(error: unknown): never {
  if (statusOf(error) === undefined) throw error;
  throw new WriteRefused('the server could not make the bytes durable', { cause: error });
}

/** SFTP has no status for a full disk: a bare failure while writing is one, or a quota, unless the server says otherwise. */
async function refusedWrite(
  session: SftpSession,
  where: string,
  paths: RemotePaths,
  error: WriteRefused,
): Promise<AdapterError> {
  if (statusOf(error.cause) !== status.failure) {
    return answerError(where, `write ${paths.temporary}`, error.cause);
  }
  const full = await outOfSpace(session, where, paths, session.writeChunk, error);
  return (
    full ??
    new AdapterError(
      'out-of-space',
      `${where}: the server refuses more bytes of ${paths.final} ("${error.message}"), which mostly means a full disk or a used-up quota; free space there.`,
      { cause: error },
    )
  );
}

async function wrongSize(
  session: SftpSession,
  where: string,
  paths: RemotePaths,
  found: number,
  sent: number,
): Promise<AdapterError> {
  const full = found < sent ? await outOfSpace(session, where, paths, sent - found) : undefined;
  return (
    full ??
    new AdapterError(
      found < sent ? 'out-of-space' : 'content-mismatch',
      `${where}: the server took ${sent} bytes of ${paths.final} and holds ${found} of them; check its disk and quota.`,
    )
  );
}

async function outOfSpace(
  session: SftpSession,
  where: string,
  paths: RemotePaths,
  needed: number,
  cause?: unknown,
): Promise<AdapterError | undefined> {
  if (!session.connection.usable || session.signal.aborted) return undefined;
  const space = await session.space(paths.folder).catch((error: unknown) => {
    if (statusOf(error) === undefined) throw error;
    return undefined;
  });
  if (space === undefined || (space.freeBytes >= needed && space.freeFiles !== 0)) return undefined;
  return new AdapterError(
    'out-of-space',
    `${where}: no room for ${paths.final}: ${space.freeBytes} bytes and ${space.freeFiles} files are free there; free space on the server.`,
    { cause },
  );
}
