import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/**
 * Signature algorithms that a key of each type can answer with (RFC 4253, 5656, 8332, 8709). Limiting the handshake to them
 * makes a server with several keys show the pinned one; otherwise its first choice would look like a mismatch.
 */
const algorithmsOf: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** A server's public key that is trusted. */
export interface HostKey {
  readonly type: string;
  /** The public key as it goes over the wire (RFC 4253, 6.6). */
  readonly blob: Buffer;
}

/** Reads `type base64 [comment]`, one line as in a .pub file; a string instead of a key says what is wrong with it. */
export function parseHostKey(line: string): HostKey | string {
  const [type, base64] = line.trim().split(/\s+/);
  if (type === undefined || !Object.hasOwn(algorithmsOf, type)) {
    return `a host key is one line "type base64", with type one of ${Object.keys(algorithmsOf).join(', ')}`;
  }
  if (base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return `the host key of type ${type} has no base64 part`;
  }
  const blob = Buffer.from(base64, 'base64');
  const named = blob.length < 4 ? '' : blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  if (named !== type) {
    return `the host key says ${type} before its base64 part, which is not a key of that type; was it cut off?`;
  }
  return { type, blob };
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The algorithms to offer so that the server answers with a pinned key if it has one. */
export function algorithmsFor(pins: readonly HostKey[]): ServerHostKeyAlgorithm[] {
  return [...new Set(pins.flatMap(pin => algorithmsOf[pin.type] ?? []))];
}

export function isPinned(pins: readonly HostKey[], offered: Buffer): boolean {
  return pins.some(pin => pin.blob.equals(offered));
}
