/**
 * Digests of one request body, lower-case hex, computed by the caller in its one pass over the bytes. They are sent ahead
 * of the body, so that the store refuses what was damaged on the way, and compared with what the store answers.
 */
export interface BodyDigests {
  /** CRC-32 (ISO-HDLC, as zlib's), 8 digits. */
  readonly crc32: string;
  /** 32 digits. Dear (about 730 MiB/s a core): only where `EdgeLanding.wantsMd5` asks for it. */
  readonly md5?: string;
}
