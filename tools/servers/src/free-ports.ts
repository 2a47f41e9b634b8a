import { createServer, type Server } from 'node:net';

const listen = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => server.close(error => (error ? reject(error) : resolve())));

/**
 * Different TCP ports of 127.0.0.1 that nobody listened on a moment ago. They are not reserved: a server that is given
 * one may still find it taken, so whoever starts a server tries again with another.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map(server => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server has no port number.');
    return address.port;
  });
  await Promise.all(servers.map(close));
  return ports;
}

/** One free port; see {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('The operating system gave no free TCP port.');
  return port;
}
