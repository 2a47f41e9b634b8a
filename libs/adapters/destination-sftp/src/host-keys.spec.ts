import { algorithmsFor, fingerprint, isPinned, parseHostKey, type HostKey } from './host-keys.ts';

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPlKZQPJx35qZnDQygVoR4QjDeP654Va6FYuMMmTFHw';

function parsed(line: string): HostKey {
  const key = parseHostKey(line);
  if (typeof key === 'string') throw new Error(key);
  return key;
}

describe('a pinned host key', () => {
  it('is read with and without a comment', () => {
    expect(parsed(`  ${ed25519}   partner's server\n`).blob.equals(parsed(ed25519).blob)).toBe(true);
  });

  it.each([
    ['', 'one line "type base64"'],
    ['AAAAC3NzaC1lZDI1NTE5', 'one line "type base64"'],
    ['ssh-dss AAAAB3NzaC1kc3M=', 'one line "type base64"'],
    ['ssh-ed25519', 'no base64 part'],
    ['ssh-ed25519 %%%%', 'no base64 part'],
    ['ssh-ed25519 AAAA', 'not a key of that type'],
    [ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'not a key of that type'],
  ])('%j is refused: %s', (line, why) => {
    expect(parseHostKey(line)).toContain(why);
  });

  it('matches its own bytes and no others', () => {
    const key = parsed(ed25519);
    const other = Buffer.from(key.blob);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    expect(isPinned([key], Buffer.from(key.blob))).toBe(true);
    expect(isPinned([key], other)).toBe(false);
    expect(isPinned([], key.blob)).toBe(false);
  });

  it('limits the handshake to its type, an RSA key to its modern signatures first', () => {
    expect(algorithmsFor([parsed(ed25519)])).toEqual(['ssh-ed25519']);
    expect(algorithmsFor([{ type: 'ssh-rsa', blob: Buffer.alloc(0) }])[0]).toBe('rsa-sha2-512');
  });

  it('has the fingerprint that ssh-keygen -l prints', () => {
    expect(fingerprint(Buffer.from('abc'))).toBe('SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0');
  });
});
