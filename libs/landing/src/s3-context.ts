import type { S3Client } from '@aws-sdk/client-s3';
import type { ChecksumAbility } from './checksum-ability.ts';
import type { S3Place } from './s3-place.ts';

/** What every operation of the landing works with; shared by both faces. */
export interface S3Context {
  /** For what may be repeated at will: the SDK does. */
  readonly repeating: S3Client;
  /** For effects that only those repeat who know what is at stake. */
  readonly single: S3Client;
  readonly bucket: string;
  readonly place: S3Place;
  readonly checksum: ChecksumAbility;
}

/** Object metadata that marks an object as ours: the upload's token. */
export const tokenField = 'waybill-token';
