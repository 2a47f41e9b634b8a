/** What a caller may do; each role includes those before it. */
export const apiRoles = ['viewer', 'operator', 'admin'] as const;

export type ApiRole = (typeof apiRoles)[number];

/** Whoever a key belongs to. */
export interface ApiCaller {
  readonly id: string;
  readonly name: string;
  readonly role: ApiRole;
}

/** Looks a key up by its SHA-256, so that the time it takes tells nothing of the key. */
export interface ApiKeyVerifier {
  /** Undefined for a key that is unknown or revoked; rejects when that can't be known now. */
  verify(key: string): Promise<ApiCaller | undefined>;
}

/** Where the app's module provides its ApiKeyVerifier. */
export const API_KEY_VERIFIER = Symbol('waybill.ApiKeyVerifier');
