/**
 * How we know that the far side holds our bytes, weakest first:
 * `size` length only · `in_flight` the digest of what was sent, confirmed by the receiver's own checksum ·
 * `source_reread` the source was read again after · `destination_reread` the stored bytes were read back, or hashed by
 * the server on request.
 */
export const proofLevels = ['size', 'in_flight', 'source_reread', 'destination_reread'] as const;

export type ProofLevel = (typeof proofLevels)[number];
