import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ssh2 from 'ssh2';

export interface HostKey {
  /** In OpenSSH's own form. */
  readonly privateKey: string;
  /** As a known_hosts line or a pin names it: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/**
 * The server's ed25519 key from `file`; made there, readable by its owner only, when the file does not exist. Rejects
 * when the file holds something else: a new key in its place would break every pin.
 */
export async function loadHostKey(file: string): Promise<HostKey> {
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return hostKeyOf(file, stored ?? (await createHostKey(file)));
}

function hostKeyOf(file: string, privateKey: string): HostKey {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    throw new Error(`The host key file ${file} holds no SSH private key: remove it and a new key is made.`, {
      cause: parsed,
    });
  }
  return { privateKey, publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}` };
}

async function createHostKey(file: string): Promise<string> {
  const { private: privateKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const fresh = `${file}.${randomUUID()}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(fresh, privateKey, { mode: 0o600, flag: 'wx' });
  await rename(fresh, file);
  return privateKey;
}
