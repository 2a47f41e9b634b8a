import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { spawnServer, type ServerProcess } from './server-process.ts';
import {
  proxyConfiguration,
  sharedConfiguration,
  storageConfiguration,
  swiftRegion,
  swiftUser,
  type SwiftPorts,
} from './swift-configuration.ts';
import { makeRing, swiftKinds } from './swift-rings.ts';
import { waitUntilReady } from './wait-until.ts';

/** The Debian packages that {@link startSwift} needs. */
export const swiftPackages = [
  'swift',
  'swift-proxy',
  'swift-account',
  'swift-container',
  'swift-object',
  'memcached',
  'libisal2',
] as const;

export interface RunningSwift {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly stop: () => Promise<void>;
}

async function choosePorts(): Promise<SwiftPorts> {
  const [proxy = 0, memcached = 0, account = 0, container = 0, object = 0] = await freePorts(5);
  return { proxy, memcached, account, container, object };
}

async function expectOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
}

/**
 * Starts OpenStack Swift with its S3 API: an S3 server that is not ours, to judge our S3 code by. The data lies in
 * `dataFolder`; five processes, which the kernel stops when this process dies. Needs {@link swiftPackages}.
 */
export async function startSwift(options: { readonly dataFolder: string }): Promise<RunningSwift> {
  await mkdir(join(options.dataFolder, 'devices', 'sda'), { recursive: true });
  const folder = await realpath(options.dataFolder);
  await mkdir(join(folder, 'cache'), { recursive: true });
  const ports = await choosePorts();
  const user = userInfo().username;
  await writeFile(join(folder, 'swift.conf'), sharedConfiguration());
  await writeFile(join(folder, 'proxy.conf'), proxyConfiguration(folder, ports, user), { mode: 0o600 });
  await Promise.all(
    swiftKinds.map(async kind => {
      await writeFile(join(folder, `${kind}.conf`), storageConfiguration(folder, kind, ports, user));
      await makeRing(folder, kind, ports[kind]);
    }),
  );

  const servers: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(server => server.stop()));
  };
  const launch = async (name: string, command: string, args: readonly string[]): Promise<ServerProcess> => {
    const logFile = join(folder, `${name}.log`);
    const server = await spawnServer({ name, command, args, logFile, cwd: folder, dieWithParent: true });
    servers.push(server);
    return server;
  };
  try {
    const python = (kind: string) => [`/usr/bin/swift-${kind}-server`, join(folder, `${kind}.conf`)];
    const memory = ['-l', '127.0.0.1', '-p', String(ports.memcached), '-U', '0', '-u', user];
    await launch('memcached', 'memcached', memory);
    for (const kind of swiftKinds) await launch(`swift-${kind}`, '/usr/bin/python3', python(kind));
    const proxy = await launch('swift-proxy', '/usr/bin/python3', python('proxy'));
    const endpoint = `http://127.0.0.1:${String(ports.proxy)}`;
    const patience = { name: `Swift (logs: ${folder})`, milliseconds: 60_000, server: proxy };
    await waitUntilReady(() => expectOk(`${endpoint}/healthcheck`), patience);
    for (const kind of swiftKinds) {
      await waitUntilReady(() => reach(ports[kind]), {
        ...patience,
        name: `Swift's ${kind} server (logs: ${folder})`,
      });
    }
    return {
      endpoint,
      region: swiftRegion,
      accessKeyId: `${swiftUser.account}:${swiftUser.name}`,
      secretAccessKey: swiftUser.key,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Any answer of a storage server shows that it listens. */
async function reach(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/`, { signal: AbortSignal.timeout(5000) });
  await response.arrayBuffer();
}
