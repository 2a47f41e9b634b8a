import { ownSignal, stopped } from '@waybill/content';
import { connect as connectSocket } from 'node:net';
import { AdapterError, type AdapterContext } from '@waybill/contract';
import { Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { connectError } from './connect-error.ts';
import { algorithmsFor, isPinned, type HostKey } from './host-keys.ts';
import { SftpConnection } from './sftp-connection.ts';
import type { SftpConfig } from './sftp-config.ts';
import { saying } from './sftp-error.ts';

/** Everything a connection needs that does not change. */
export interface Endpoint {
  readonly config: SftpConfig;
  readonly pins: readonly HostKey[];
  readonly where: string;
  readonly reveal: AdapterContext['reveal'];
}

const keepAlive = { interval: 15_000, misses: 3 };

/** Connects, logs in and opens the SFTP channel, all within `timeouts.connect`. */
export async function openConnection(at: Endpoint, signal: AbortSignal): Promise<SftpConnection> {
  if (signal.aborted) throw stopped(at.where, signal);
  const { config } = at;
  const method = config.password === undefined ? 'privateKey' : 'password';
  let refusedKey: Buffer | undefined;
  const explain = (error: unknown) =>
    connectError(
      {
        where: at.where,
        username: config.username,
        method,
        refusedKey,
        pinnedTypes: at.pins.map(p => p.type),
      },
      error,
    );
  const login = credentials(at);

  const client = new Client();
  // Nagle's algorithm holds back small packets and costs most of the throughput; ssh2 leaves it on.
  const socket = connectSocket({ host: config.host, port: config.port, noDelay: true });
  const giveUp = ownSignal(signal, config.timeouts.connect);
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      giveUp.signal.addEventListener('abort', () => reject(silentOrStopped(at, signal)), { once: true });
      client.on('error', reject);
      client.on('close', () => reject(new Error('the server ended the connection during the login')));
      socket.on('error', reject);
      client.on('ready', () => client.sftp((error, channel) => (error ? reject(error) : resolve(channel))));
      client.on('keyboard-interactive', (_name, _text, _language, prompts, finish) =>
        finish(prompts.map(() => login.password ?? '')),
      );
      client.connect({
        sock: socket,
        username: config.username,
        ...login,
        tryKeyboard: login.password !== undefined,
        authHandler: login.password === undefined ? ['publickey'] : ['password', 'keyboard-interactive'],
        readyTimeout: config.timeouts.connect,
        keepaliveInterval: keepAlive.interval,
        keepaliveCountMax: keepAlive.misses,
        algorithms: { serverHostKey: algorithmsFor(at.pins) },
        hostVerifier: (key: Buffer) => {
          const known = isPinned(at.pins, key);
          if (!known) refusedKey = Buffer.from(key);
          return known;
        },
      } satisfies ConnectConfig);
    });
    return new SftpConnection(client, socket, sftp, at.where, config.timeouts.request);
  } catch (error) {
    socket.destroy();
    throw explain(error);
  } finally {
    giveUp.release();
  }
}

function silentOrStopped(at: Endpoint, signal: AbortSignal): AdapterError {
  if (signal.aborted) return stopped(at.where, signal);
  const seconds = at.config.timeouts.connect / 1000;
  return new AdapterError(
    'unreachable',
    `${at.where}: no session within ${seconds} s; is this an SFTP server, and is the network between sound?`,
  );
}

function credentials(at: Endpoint): { password?: string; privateKey?: string } {
  const { password, privateKey } = at.config;
  try {
    if (password !== undefined) return { password: at.reveal(password) };
    if (privateKey !== undefined) return { privateKey: at.reveal(privateKey) };
  } catch (error) {
    throw new AdapterError('unauthorized', `${at.where}: ${saying(error)}`, { cause: error });
  }
  throw new AdapterError('unauthorized', `${at.where}: neither password nor privateKey is configured.`);
}
