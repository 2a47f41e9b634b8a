import { mkdir, realpath } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { credentialCheck } from './credential-check.ts';
import { loadHostKey } from './host-key.ts';
import { RootedPath } from './rooted-path.ts';
import { ServedFolder } from './served-folder.ts';
import { serveSession } from './sftp-session.ts';

export interface EmbeddedSftpOptions {
  /** The folder on this disk that clients see as `/`; made when it does not exist. */
  readonly root: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** The server's key; made there when the file does not exist. */
  readonly hostKeyFile: string;
}

export interface EmbeddedSftp {
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, to be pinned. */
  readonly hostKey: string;
  /** Ends all connections; resolves when what was acknowledged is closed. */
  stop(): Promise<void>;
}

/** A connection that has not logged in within this time is ended, in milliseconds. */
const loginTime = 30_000;
const mostLoginAttempts = 6;

/**
 * A small SFTP server (version 3, password only, no shell) for `npm start`: a place to deliver to and to look at. A
 * development aid, not a hardened server. Rejects when the port is taken or the host key can't be read.
 */
export async function startEmbeddedSftp(options: EmbeddedSftpOptions): Promise<EmbeddedSftp> {
  await mkdir(options.root, { recursive: true });
  const folder = new ServedFolder(new RootedPath(await realpath(options.root)));
  const hostKey = await loadHostKey(options.hostKeyFile);
  const mayEnter = credentialCheck(options.username, options.password);
  const sessions = new Set<Promise<void>>();

  const ssh = new ssh2.Server({ hostKeys: [hostKey.privateKey], ident: 'waybill-embedded' }, connection => {
    authenticate(connection, mayEnter);
    connection.on('session', acceptSession => {
      acceptSession().on('sftp', acceptSftp => {
        const session = serveSession(acceptSftp(), folder);
        sessions.add(session);
        void session.then(() => sessions.delete(session));
      });
    });
  });

  // A listener of our own: ssh2's sets no TCP_NODELAY, which costs most of the speed, and keeps no list of its sockets.
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });

  return {
    port: (listener.address() as AddressInfo).port,
    hostKey: hostKey.publicKey,
    async stop() {
      const closed = new Promise<void>(resolve => listener.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...sessions]);
    },
  };
}

function authenticate(connection: Connection, mayEnter: (name: string, word: string) => boolean): void {
  let attempts = 0;
  const late = setTimeout(() => connection.end(), loginTime);
  connection.once('ready', () => clearTimeout(late));
  connection.once('close', () => clearTimeout(late));
  // A client that breaks off or talks nonsense ends its own connection only.
  connection.on('error', () => connection.end());
  connection.on('authentication', context => {
    if (context.method === 'password' && mayEnter(context.username, context.password))
      return context.accept();
    if (context.method !== 'none' && ++attempts >= mostLoginAttempts) return void connection.end();
    context.reject(['password']);
  });
}
