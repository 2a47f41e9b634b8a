import type { QueueOptions } from 'bull';

/** How an app reaches Redis. */
export interface RedisPlace {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly redisUrl: string;
  /** Begins every key, so that two installations can share one Redis. Default `waybill`. */
  readonly prefix?: string;
}

/**
 * Bull's options for one queue: it reconnects for ever, at most 1 s apart, and holds commands meanwhile instead of
 * failing them. Bull's own waits are shortened to what a wake-up needs; it has no delayed jobs to guard.
 */
export function queueOptions(place: RedisPlace): QueueOptions {
  return {
    prefix: place.prefix ?? 'waybill',
    redis: {
      ...connection(place.redisUrl),
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      connectTimeout: 5_000,
      disconnectTimeout: 300,
      keepAlive: 10_000,
      retryStrategy: times => Math.min(50 * 2 ** Math.min(times, 6), 1_000),
      // After a failover the old primary answers READONLY on a connection that would otherwise live on.
      reconnectOnError: error => error.message.startsWith('READONLY'),
    },
    settings: { retryProcessDelay: 500, guardInterval: 30_000 },
  };
}

function connection(redisUrl: string) {
  if (!URL.canParse(redisUrl) || !/^rediss?:$/.test(new URL(redisUrl).protocol)) {
    throw new Error('REDIS_URL is no Redis address; give it as redis://host:port or rediss://host:port.');
  }
  const url = new URL(redisUrl);
  const db = Number(url.pathname.slice(1) || '0');
  if (!Number.isInteger(db)) throw new Error('REDIS_URL names no database number after its last slash.');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(url.port || '6379'),
    db,
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
