import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What to do to one request. `lose-answer`: the store does its work, the answer never arrives · `reset-body`: the connection
 * is cut after so many bytes of the request's body · `cut-answer`: the connection is cut after so many bytes of the answer's
 * body · `answer`: this instead of asking the store, or after it when `afterStore` · `edit-answer`: other headers ·
 * `stall`: the store is asked, and nothing is ever said.
 */
export type Fault =
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'reset-body'; readonly after: number }
  | { readonly kind: 'cut-answer'; readonly after: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: OutgoingHttpHeaders;
      readonly afterStore?: boolean;
    }
  | {
      readonly kind: 'edit-answer';
      readonly headers: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
    }
  | { readonly kind: 'stall' };

/** One request as the proxy saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes of body that came so far. */
  bodyBytes: number;
}

/** For tests: stands in front of an S3 server, passes requests on unchanged, and does what `faults` says to some. */
export class FaultProxy {
  readonly seen: SeenRequest[] = [];
  /** Asked once a request; undefined passes it on. */
  faults: (request: SeenRequest) => Fault | undefined = () => undefined;
  readonly #server: Server;

  private constructor(private readonly target: URL) {
    this.#server = createServer((incoming, outgoing) => this.#handle(incoming, outgoing));
    this.#server.keepAliveTimeout = 60_000;
  }

  static async before(endpoint: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(endpoint));
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets what was seen and does no more harm. */
  calm(): void {
    this.seen.length = 0;
    this.faults = () => undefined;
  }

  /** Bytes of part bodies that were sent, whether they arrived or not. */
  partBytes(): number {
    return this.seen
      .filter(({ method, url }) => method === 'PUT' && url.includes('partNumber='))
      .reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const seen: SeenRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      bodyBytes: 0,
    };
    this.seen.push(seen);
    const fault = this.faults(seen);
    incoming.on('data', (chunk: Buffer) => {
      seen.bodyBytes += chunk.byteLength;
      if (fault?.kind === 'reset-body' && seen.bodyBytes >= fault.after) incoming.socket.resetAndDestroy();
    });
    if (fault?.kind === 'answer' && fault.afterStore !== true) {
      incoming.on('end', () => outgoing.writeHead(fault.status, fault.headers).end(fault.body));
      return;
    }
    const upstream = request(
      {
        host: this.target.hostname,
        port: this.target.port,
        method: incoming.method,
        path: incoming.url,
        // Host too: it is signed.
        headers: incoming.headers,
        agent: false,
      },
      answer => this.#answer(answer, outgoing, fault),
    );
    // Swift ends a refused HEAD with a chunk terminator, which Node takes for a broken answer after the answer.
    upstream.on('error', () => {
      if (!outgoing.headersSent) outgoing.destroy();
      // A store that answers before it read the body leaves the rest with us.
      incoming.unpipe(upstream).resume();
    });
    incoming.on('close', () => {
      if (!incoming.complete) upstream.destroy();
    });
    incoming.pipe(upstream);
  }

  #answer(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined): void {
    const pass = (headers: OutgoingHttpHeaders) => {
      outgoing.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(outgoing);
    };
    switch (fault?.kind) {
      case undefined:
      case 'reset-body':
        return pass(answer.headers);
      case 'edit-answer':
        return pass(fault.headers({ ...answer.headers }));
      case 'stall':
        answer.resume();
        return;
      case 'lose-answer':
        answer.resume().on('end', () => outgoing.socket?.destroy());
        return;
      case 'answer':
        answer.resume().on('end', () => outgoing.writeHead(fault.status, fault.headers).end(fault.body));
        return;
      case 'cut-answer': {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        let sent = 0;
        answer.on('data', (chunk: Buffer) => {
          if (sent >= fault.after) return;
          outgoing.write(chunk.subarray(0, fault.after - sent));
          sent += chunk.byteLength;
          if (sent >= fault.after) setTimeout(() => outgoing.socket?.destroy(), 20);
        });
      }
    }
  }
}
