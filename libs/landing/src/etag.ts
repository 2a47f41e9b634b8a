/**
 * An ETag without what stores wrap it in: quotes, `&quot;`, a weak mark. Undefined for none or an empty one (Ceph's answer to
 * Complete may carry either), so that absence is seen.
 */
export function normalEtag(etag: string | undefined): string | undefined {
  const bare = etag?.replace(/^W\//, '').replace(/^(?:"|&quot;)+|(?:"|&quot;)+$/g, '');
  return bare === '' ? undefined : bare;
}

/** True for an ETag that can be an MD5: 32 hex digits. */
export function isMd5Etag(etag: string): boolean {
  return /^[0-9a-f]{32}$/i.test(etag);
}
