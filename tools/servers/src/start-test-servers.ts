import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSshPackages, startOpenSsh } from './open-ssh.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { startSwift, swiftPackages } from './swift.ts';
import type { TestServers } from './test-servers.ts';

/** What `npm test` installs on Debian; rclone looks at results with eyes that are not ours. */
export const testPackages: readonly string[] = [
  ...swiftPackages,
  ...openSshPackages,
  'redis-server',
  'rclone',
];

/**
 * Starts Postgres, Redis, Swift and OpenSSH for tests, with data in a new folder under /var/tmp, outside the checkout.
 * When one doesn't start, those that did are stopped and its sentence is the error.
 */
export async function startTestServers(): Promise<{ servers: TestServers; stop: () => Promise<void> }> {
  await mkdir('/var/tmp', { recursive: true });
  const folder = await mkdtemp('/var/tmp/waybill-test-');
  // The users of Postgres and of OpenSSH pass through; what is secret in it is closed by itself.
  await chmod(folder, 0o711);
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const keep = <T extends { stop: () => Promise<void> }>(server: T): T => {
    stops.unshift(server.stop);
    return server;
  };
  const stop = async (): Promise<void> => {
    const results = [];
    for (const stopOne of stops.splice(0)) results.push(await Promise.allSettled([stopOne()]));
    const failed = results.flat().find(result => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const data = (name: string) => ({ dataFolder: join(folder, name) });
  try {
    const [postgres, redis, swift, ssh] = await allSettledOrThrow([
      startPostgres({ ...data('postgres'), dieWithParent: true }).then(keep),
      startRedis({ ...data('redis'), dieWithParent: true }).then(keep),
      startSwift(data('swift')).then(keep),
      startOpenSsh(data('openssh')).then(keep),
    ]);
    const { stop: _stopSwift, ...s3 } = swift;
    const { stop: _stopSsh, ...sftp } = ssh;
    const hostKeys = [...sftp.hostKeys];
    return {
      servers: { postgresUrl: postgres.url, redisUrl: redis.url, s3, sftp: { ...sftp, hostKeys } },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As Promise.all, but waits for every promise first, so that nothing starts after we began to stop. */
async function allSettledOrThrow<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
