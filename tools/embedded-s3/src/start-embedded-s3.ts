import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveRequest } from './serve-request.ts';
import type { Service } from './serve-request.ts';
import { openStore } from './store/open-store.ts';

export interface EmbeddedS3Options {
  /** Where everything is kept. Made when it is not there; an existing one must be empty or this server's own. */
  readonly folder: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Made at the start where they are not there yet. */
  readonly buckets?: readonly string[];
  /** Told of failures that are the server's own, one line each. Default: standard error. */
  readonly onFailure?: (message: string) => void;
}

export interface EmbeddedS3 {
  /** For S3 clients, with path-style addressing. */
  readonly endpoint: string;
  readonly port: number;
  /** Takes no more requests, lets those under way end for a few seconds, then cuts them. Repeatable. */
  stop(): Promise<void>;
}

/** Milliseconds that requests under way are given at the end. */
const stopGrace = 5_000;

/**
 * Starts the small S3 server of `npm start`: a development aid, on loopback, with one account. It serves what Waybill,
 * the AWS CLI and rclone call, refuses the rest with 501, and keeps every acknowledged object over a kill at any moment.
 * It is no store to keep files in and no judge of S3 code. Throws one sentence when the folder or port cannot be used.
 */
export async function startEmbeddedS3(options: EmbeddedS3Options): Promise<EmbeddedS3> {
  const { host = '127.0.0.1', port = 0, buckets = [], region, accessKeyId, secretAccessKey } = options;
  const store = await openStore(options.folder);
  for (const bucket of buckets) if (!store.buckets.has(bucket)) await store.buckets.create(bucket);
  const service: Service = {
    account: { region, accessKeyId, secretAccessKey },
    store,
    instance: randomUUID(),
    onFailure: options.onFailure ?? (message => void process.stderr.write(`embedded S3: ${message}\n`)),
  };

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 120_000, maxHeaderSize: 32_768 });
  const serve = (expectsContinue: boolean) => (message: IncomingMessage, response: ServerResponse) => {
    void serveRequest(service, message, response, expectsContinue);
  };
  server.on('request', serve(false));
  server.on('checkContinue', serve(true));
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`The embedded S3 server cannot listen on ${host}:${port}: choose another port.`, {
      cause,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  await store.claim(endpoint, service.instance);

  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), stopGrace);
    await closed;
    clearTimeout(cut);
  };
  return { endpoint, port: address.port, stop };
}
