export interface LockEntry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
export function missingFrom(lock: {
  readonly packages: Readonly<Record<string, LockEntry>>;
}): { readonly name: string; readonly version: string; readonly by: LockEntry }[];
