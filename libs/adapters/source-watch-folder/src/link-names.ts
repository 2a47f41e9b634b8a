import { linkIdentity } from './file-identity.ts';

/**
 * Tells several names of one inode (hard links) apart, so that each becomes an asset of its own. One name has the plain
 * identity, every further one has its key added.
 *
 * Which one is plain is remembered between listings: a name that had it keeps it, and a name that had its key added keeps
 * that too when the plain one is gone. The first listing of a process has nothing to remember and takes the first name in
 * order; so after a restart a file that was known before a link to it was made may be listed as a new asset. Nothing is
 * lost by that; one file is taken twice.
 */
export class LinkNames {
  private readonly plainNames = new Map<string, string>();
  private readonly linkNames = new Map<string, Set<string>>();

  /** @param before the names of the last complete listing */
  constructor(private before?: LinkNames) {}

  /** The listing was complete: its names are what the next one remembers, and no older ones. */
  complete(): this {
    this.before = undefined;
    return this;
  }

  /** The identity of the only name of a file; undefined when this file was already listed: it was renamed meanwhile. */
  single(plain: string, key: string): string | undefined {
    if (this.plainNames.has(plain) || this.linkNames.has(plain)) return undefined;
    return this.before?.isLink(plain, key) === true ? this.link(plain, key) : this.plain(plain, key);
  }

  /** The identities of all names of one file found in one listing. */
  several(plain: string, keys: readonly string[]): Map<string, string> {
    const owner = this.ownerOf(plain, keys);
    return new Map(keys.map(key => [key, key === owner ? this.plain(plain, key) : this.link(plain, key)]));
  }

  private ownerOf(plain: string, keys: readonly string[]): string | undefined {
    if (this.plainNames.has(plain)) return undefined;
    const remembered = this.before?.plainNames.get(plain);
    if (remembered !== undefined && keys.includes(remembered)) return remembered;
    return keys
      .filter(key => this.before?.isLink(plain, key) !== true)
      .sort()
      .at(0);
  }

  private isLink(plain: string, key: string): boolean {
    return this.linkNames.get(plain)?.has(key) === true;
  }

  private plain(plain: string, key: string): string {
    this.plainNames.set(plain, key);
    return plain;
  }

  private link(plain: string, key: string): string {
    const names = this.linkNames.get(plain) ?? new Set();
    this.linkNames.set(plain, names.add(key));
    return linkIdentity(plain, key);
  }
}
