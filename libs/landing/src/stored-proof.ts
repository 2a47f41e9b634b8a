import type { ProofLevel } from '@waybill/contract';

/** How the landing came to believe that the store holds the bytes that were sent. */
export interface StoredProof {
  /** `in_flight` where the store confirmed a digest of the bytes, `size` where it could not. */
  readonly proofLevel: ProofLevel;
  /** The digest that the store confirmed: `crc32` over the whole body, or an ETag made of MD5. Absent with `size`. */
  readonly checksum?: { readonly algorithm: 'crc32' | 'md5-etag'; readonly value: string };
}

/** An object of ours that the store is known to hold, whole. */
export interface ProvenObject extends StoredProof {
  /** Without quotes. Every later read names it (If-Match). */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}
