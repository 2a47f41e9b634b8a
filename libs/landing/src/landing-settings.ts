export interface LandingCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * How bodies are proved in flight. `auto`: CRC-32 where the store echoes it, else MD5 (learnt from its first answer);
 * `crc32` and `md5` insist; `none` proves sizes only, for stores whose ETags are no MD5 and that keep no CRC-32.
 */
export type ChecksumMode = 'auto' | 'crc32' | 'md5' | 'none';

export interface LandingSettings {
  readonly bucket: string;
  /** Absent: AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  /**
   * Called when a request has to be signed, at most every two seconds; the values are kept by the S3 client alone and never
   * printed.
   */
  readonly reveal: () => LandingCredentials | Promise<LandingCredentials>;
  /** Bucket in the path, not in the host name. Default: true with an endpoint of one's own. */
  readonly forcePathStyle?: boolean;
  /** Default `auto`. */
  readonly checksum?: ChecksumMode;
  /** Milliseconds to connect. Default 10,000. */
  readonly connectTimeout?: number;
  /** Milliseconds for one whole request, its body included. Default 1 h: a part of 5 GiB on a slow uplink takes long. */
  readonly requestTimeout?: number;
  /** Milliseconds without a byte in either direction. Default 60,000. */
  readonly socketTimeout?: number;
  /** Connections at most. Default 64. */
  readonly maxSockets?: number;
}
