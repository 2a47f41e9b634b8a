import { join } from 'node:path';
import type { SwiftKind } from './swift-rings.ts';

export interface SwiftPorts extends Readonly<Record<SwiftKind, number>> {
  readonly proxy: number;
  readonly memcached: number;
}

/** The user of Swift's tempauth; its S3 access key is `<account>:<user>`. */
export const swiftUser = { account: 'test', name: 'tester', key: 'testing' } as const;
export const swiftRegion = 'us-east-1';

type Section = readonly [name: string, values: Readonly<Record<string, string | number>>];

const ini = (sections: readonly Section[]): string =>
  sections
    .map(([name, values]) => [
      `[${name}]`,
      ...Object.entries(values).map(([key, value]) => `${key} = ${String(value)}`),
    ])
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n');

const common = (folder: string, port: number, user: string) => ({
  swift_dir: folder,
  bind_ip: '127.0.0.1',
  bind_port: port,
  // No worker processes: one process a server, which ends with one signal.
  workers: 0,
  user,
  log_address: '/dev/null',
  log_level: 'ERROR',
});

const filter = (name: string, values: Record<string, string | number> = {}): Section => [
  `filter:${name}`,
  { use: `egg:swift#${name}`, ...values },
];

/** swift.conf: what every server of this Swift shares. */
export const sharedConfiguration = (): string =>
  ini([['swift-hash', { swift_hash_path_suffix: 'waybill', swift_hash_path_prefix: 'test' }]]);

export const storageConfiguration = (
  folder: string,
  kind: SwiftKind,
  ports: SwiftPorts,
  user: string,
): string =>
  ini([
    [
      'DEFAULT',
      {
        ...common(folder, ports[kind], user),
        devices: join(folder, 'devices'),
        mount_check: 'false',
        fallocate_reserve: 0,
      },
    ],
    ['pipeline:main', { pipeline: `${kind}-server` }],
    [`app:${kind}-server`, { use: `egg:swift#${kind}` }],
    [`filter:recon`, { use: 'egg:swift#recon', recon_cache_path: join(folder, 'cache') }],
    [`${kind}-replicator`, { recon_cache_path: join(folder, 'cache') }],
    [`${kind}-auditor`, { recon_cache_path: join(folder, 'cache') }],
  ]);

/**
 * The proxy with the S3 API, set to Amazon's own limits: parts from 5 MiB, 10,000 of them. Logins live in memcached,
 * without which every one of them is answered by 500.
 */
export const proxyConfiguration = (folder: string, ports: SwiftPorts, user: string): string => {
  const pipeline =
    'catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server';
  return ini([
    ['DEFAULT', common(folder, ports.proxy, user)],
    ['pipeline:main', { pipeline }],
    [
      'app:proxy-server',
      { use: 'egg:swift#proxy', allow_account_management: 'true', account_autocreate: 'true' },
    ],
    ...['catch_errors', 'gatekeeper', 'healthcheck', 'listing_formats', 'bulk', 'copy', 'dlo', 'symlink'].map(
      name => filter(name),
    ),
    filter('cache', { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${String(ports.memcached)}` }),
    filter('s3api', {
      location: swiftRegion,
      min_segment_size: 5 * 1024 * 1024,
      max_upload_part_num: 10_000,
      s3_acl: 'false',
    }),
    filter('tempauth', { [`user_${swiftUser.account}_${swiftUser.name}`]: `${swiftUser.key} .admin` }),
    filter('slo', { max_manifest_segments: 10_000 }),
    filter('versioned_writes', { allow_versioned_writes: 'true', allow_object_versioning: 'true' }),
  ]);
};
