/** What this process last saw of an identity, so that an unchanged file costs no statement. */
interface KnownFile {
  readonly assetId: string;
  readonly key: string;
  readonly revision: string;
  /** Nobody waits for a verdict on this revision. */
  readonly settled: boolean;
}

/**
 * A source's files as this process knows them: a memory only, Postgres is the truth. Losing it costs one look-up a file.
 */
export class KnownFiles {
  private readonly files = new Map<string, KnownFile>();

  of(identity: string): KnownFile | undefined {
    return this.files.get(identity);
  }

  set(identity: string, file: KnownFile): void {
    this.files.set(identity, file);
  }

  /** The file has to be looked up again: its row moved, or the statement about it failed. */
  forget(identity: string): void {
    this.files.delete(identity);
  }

  /** Forgets what the last whole listing did not hold. */
  keepOnly(identities: ReadonlySet<string>): void {
    for (const identity of this.files.keys()) if (!identities.has(identity)) this.files.delete(identity);
  }
}
