import type { ConnectionLease } from './connection-lease.ts';
import type { SftpConfig } from './sftp-config.ts';
import { saying } from './sftp-error.ts';

/** After an abort the caller is promised an end within two seconds, after another failure there is a little more patience. */
const patience = { held: 700, aborted: 900, failed: 5_000 } as const;

/**
 * Removes the temporary files of a failed attempt: on the connection it had, else on a new one. Returns a sentence when
 * they had to stay; the next attempt of the delivery removes them then.
 */
export async function removeTemporaries(
  lease: ConnectionLease,
  paths: ReadonlySet<string>,
  config: SftpConfig,
  aborted: boolean,
): Promise<string | undefined> {
  if (paths.size === 0) return undefined;
  const removeAll = async (onNew: boolean, signal: AbortSignal) => {
    const session = await (onNew ? lease.renew(signal) : lease.session(signal));
    for (const path of paths) await session.remove(path);
  };
  let reason: unknown;
  if (lease.usable) {
    const failed = await removeAll(false, AbortSignal.timeout(patience.held)).catch((error: unknown) => {
      reason = error;
      return 'failed';
    });
    if (failed === undefined) return undefined;
  }
  const budget = aborted ? patience.aborted : Math.min(patience.failed, config.timeouts.connect);
  const failed = await removeAll(true, AbortSignal.timeout(budget)).catch((error: unknown) => {
    reason = error;
    return 'failed';
  });
  if (failed === undefined) return undefined;
  lease.drop();
  return `What was sent stays for now as ${[...paths].join(', ')} (${saying(reason)}); the next attempt removes it.`;
}
