import { AdapterError } from '@waybill/contract';
import { fingerprint } from './host-keys.ts';
import { property, saying } from './sftp-error.ts';

export interface ConnectCase {
  readonly where: string;
  readonly username: string;
  readonly method: 'password' | 'privateKey';
  /** The host key that the server showed and that is not pinned. */
  readonly refusedKey: Buffer | undefined;
  readonly pinnedTypes: readonly string[];
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused; is the server running, and is the port right',
  ENOTFOUND: 'the host name is not known; check its spelling and the name server',
  EAI_AGAIN: 'the name server did not answer',
  ETIMEDOUT: 'nothing answered; is the address right, and does a firewall allow it',
  EHOSTUNREACH: 'there is no way to that host; check the network',
  ENETUNREACH: 'there is no way to that network; check the network',
  ECONNRESET: 'the connection was reset',
};

/** Turns what ssh2 says about a connection that did not come about into one code and one sentence. */
export function connectError(at: ConnectCase, error: unknown): AdapterError {
  if (error instanceof AdapterError) return error;
  const said = saying(error);
  const fail = (code: 'unauthorized' | 'unreachable' | 'rejected', reason: string) =>
    new AdapterError(code, `${at.where}: ${reason}.`, { cause: error });

  if (at.refusedKey !== undefined) {
    const type = at.refusedKey.toString('latin1', 4, 4 + at.refusedKey.readUInt32BE(0));
    return fail(
      'unauthorized',
      `the server shows the ${type} host key ${fingerprint(at.refusedKey)}, which is not pinned; ask its owner, and if it is right put "${type} ${at.refusedKey.toString('base64')}" in hostKeys`,
    );
  }
  if (said.includes('no matching host key format')) {
    return fail(
      'unauthorized',
      `the server has no host key of a pinned type (${at.pinnedTypes.join(', ')}); pin one that it has`,
    );
  }
  if (property(error, 'level') === 'client-authentication') {
    return fail('unauthorized', `the server refuses user "${at.username}" with the configured ${at.method}`);
  }
  if (said.includes('privateKey')) {
    return fail('unauthorized', `the configured privateKey cannot be used (${said})`);
  }
  if (said.includes('no matching')) {
    return fail('rejected', `no common algorithm with the server (${said})`);
  }
  const code = property(error, 'code');
  const reason = typeof code === 'string' ? networkReasons[code] : undefined;
  return fail('unreachable', `cannot connect: ${reason ?? said}`);
}
