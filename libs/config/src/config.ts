import type { DestinationAdapter, SecretRef, SourceAdapter } from '@waybill/contract';
import type { KeyTemplate } from '@waybill/domain';

/** Where files land. Holds references to secrets, never secrets. */
export interface LandingConfig {
  readonly type: 's3';
  readonly bucket: string;
  /** Absent: AWS itself. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly accessKeyId: SecretRef;
  readonly secretAccessKey: SecretRef;
  readonly forcePathStyle?: boolean | undefined;
  readonly checksum: 'auto' | 'crc32' | 'md5' | 'none';
  /** Parts under way at once. Absent: the app's own choice. */
  readonly concurrency?: number | undefined;
  /** Bytes. Absent: the part plan's own choice. */
  readonly partSize?: number | undefined;
  /** True: the S3 server of `npm start`. */
  readonly embedded: boolean;
}

export interface SourceConfig {
  readonly name: string;
  readonly type: string;
  /** What the adapter's own schema made of its keys: defaults filled in, durations in ms, sizes in bytes, paths absolute. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How often the source is listed, in milliseconds. */
  readonly scanEveryMs: number;
  /** How long a file must stand still to be finished, in milliseconds; undefined where the source tells by itself. */
  readonly idleMs: number | undefined;
  /** True: files are sent while they grow (`mode: growing`). */
  readonly growing: boolean;
  /** A new adapter. Does no I/O and resolves no secret. */
  create(): SourceAdapter;
}

export interface DestinationConfig {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** True: the SFTP server of `npm start`. */
  readonly embedded: boolean;
  /** A new adapter. Does no I/O. */
  create(): DestinationAdapter;
}

/** One destination of a route. */
export interface DeliveryStep {
  readonly to: string;
  /** Joined below the destination's own directory. */
  readonly directory: string | undefined;
  /** Destinations of the same route that must have the file first. */
  readonly after: readonly string[];
}

export interface RouteConfig {
  /** The source's name; every source has exactly one route. */
  readonly from: string;
  readonly key: KeyTemplate;
  readonly deliver: readonly DeliveryStep[];
  /** For which files `<key>.metadata.json` is written. */
  readonly metadata: 'always' | 'media' | 'never';
  readonly deliverIncomplete: boolean;
}

/** All in milliseconds. */
export interface FinalizerConfig {
  readonly staleScanEveryMs: number;
  readonly streamTimeoutMs: number;
  readonly edgeLostAfterMs: number;
}

/** waybill.yaml, checked as a whole and frozen. Can be printed: it holds no secret. */
export interface Config {
  /** Absolute path of the file it came from. */
  readonly file: string;
  /** What relative paths in it start from. */
  readonly folder: string;
  /** This edge node's name. */
  readonly node: string;
  readonly landing: LandingConfig;
  readonly sources: readonly SourceConfig[];
  readonly destinations: readonly DestinationConfig[];
  readonly routes: readonly RouteConfig[];
  readonly finalizer: FinalizerConfig;
}
