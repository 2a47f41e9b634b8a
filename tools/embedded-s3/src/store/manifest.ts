import { z } from 'zod';
import { checksumAlgorithms } from '../checksum/algorithms.ts';

const checksum = z.strictObject({
  algorithm: z.enum(checksumAlgorithms),
  type: z.enum(['FULL_OBJECT', 'COMPOSITE']),
  value: z.string(),
});

/** What the client said about an object: given back with it, never read by this server. */
export const objectHeaders = z.strictObject({
  contentType: z.string(),
  /** content-encoding and its like, by lower-case header name. */
  headers: z.record(z.string(), z.string()),
  /** x-amz-meta-… without the prefix. */
  metadata: z.record(z.string(), z.string()),
});
export type ObjectHeaders = z.infer<typeof objectHeaders>;

/** One object. Its bytes are those of `parts`, one after the other. */
export const manifest = objectHeaders.extend({
  key: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Without quotes. */
  etag: z.string(),
  /** Milliseconds since 1970. */
  modified: z.number(),
  checksum: checksum.optional(),
  /** The multipart upload that made it: a repeated Complete is recognised by it. */
  uploadId: z.string().optional(),
  parts: z.array(z.strictObject({ file: z.string(), size: z.number() })),
});
export type Manifest = z.infer<typeof manifest>;

/** One part of an upload under way. */
export const uploadedPart = z.strictObject({
  number: z.number(),
  file: z.string(),
  size: z.number(),
  md5: z.string(),
  modified: z.number(),
  /** Base64, by algorithm. */
  checksums: z.partialRecord(z.enum(checksumAlgorithms), z.string()),
});
export type UploadedPart = z.infer<typeof uploadedPart>;

/** A multipart upload under way, without its parts. */
export const uploadIntent = objectHeaders.extend({
  id: z.string(),
  bucket: z.string(),
  key: z.string(),
  initiated: z.number(),
  checksum: checksum.omit({ value: true }).optional(),
});
export type UploadIntent = z.infer<typeof uploadIntent>;
