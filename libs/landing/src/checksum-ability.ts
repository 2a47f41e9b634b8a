import { createHash } from 'node:crypto';
import { AdapterError, type ProofLevel } from '@waybill/contract';
import type { BodyDigests } from './body-digests.ts';
import { isMd5Etag } from './etag.ts';
import type { ChecksumMode } from './landing-settings.ts';
import type { StoredProof } from './stored-proof.ts';

/** Hex to the base64 that S3 headers want. */
export function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** The store's base64 CRC-32 as hex; undefined for none and for a composite one (`…-3`), which says nothing of the whole. */
export function crc32Hex(checksum: string | undefined): string | undefined {
  if (checksum === undefined || !/^[A-Za-z0-9+/]{6}==$/.test(checksum)) return undefined;
  return Buffer.from(checksum, 'base64').toString('hex');
}

/** What a store can confirm of a body, learnt from its first answer and remembered for the life of the landing. */
export class ChecksumAbility {
  #learnt: 'unknown' | 'crc32' | 'md5' = 'unknown';

  constructor(readonly mode: ChecksumMode) {
    if (mode === 'crc32' || mode === 'md5') this.#learnt = mode;
  }

  get sendsCrc32(): boolean {
    return this.mode === 'crc32' || (this.mode === 'auto' && this.#learnt !== 'md5');
  }

  get wantsMd5(): boolean {
    return this.mode === 'md5' || (this.mode === 'auto' && this.#learnt !== 'crc32');
  }

  /** Called with the first answers of the store; a setting that insists is not overruled. */
  learn(ability: 'crc32' | 'md5'): void {
    if (this.mode === 'auto' && this.#learnt === 'unknown') this.#learnt = ability;
  }

  /** Digests to send with a body; the MD5 is computed here where it is needed and nobody did. */
  digestsFor(body: Buffer | undefined, digests: BodyDigests): BodyDigests {
    if (!this.wantsMd5 || digests.md5 !== undefined || body === undefined) return digests;
    return { ...digests, md5: createHash('md5').update(body).digest('hex') };
  }

  /**
   * Compares the store's answer about one body with what was sent: its CRC-32 where it echoes one, else its ETag with our
   * MD5. Throws `content-mismatch` where they differ, and where the setting insists on a confirmation that did not come.
   */
  prove(
    what: string,
    answer: { readonly etag: string; readonly crc32: string | undefined },
    sent: BodyDigests,
  ): StoredProof {
    if (this.mode === 'none') return { proofLevel: 'size' };
    if (this.sendsCrc32 && answer.crc32 !== undefined) {
      this.learn('crc32');
      if (answer.crc32 === sent.crc32) return confirmed('crc32', answer.crc32);
      throw mismatch(what, `the store holds CRC-32 ${answer.crc32}, sent was ${sent.crc32}`);
    }
    if (this.mode === 'crc32')
      throw new AdapterError(
        'rejected',
        `The store does not confirm the CRC-32 of ${what}: set the landing's checksum to auto or md5.`,
      );
    this.learn('md5');
    if (sent.md5 === undefined) return { proofLevel: 'size' };
    if (answer.etag.toLowerCase() === sent.md5) return confirmed('md5-etag', sent.md5);
    throw mismatch(
      what,
      isMd5Etag(answer.etag)
        ? `the store holds MD5 ${answer.etag}, sent was ${sent.md5}`
        : 'the store confirmed neither CRC-32 nor MD5 (if its ETags are never MD5s, set the landing’s checksum to none)',
    );
  }
}

function confirmed(algorithm: 'crc32' | 'md5-etag', value: string): StoredProof {
  const proofLevel: ProofLevel = 'in_flight';
  return { proofLevel, checksum: { algorithm, value } };
}

function mismatch(what: string, reason: string): AdapterError {
  return new AdapterError('content-mismatch', `The store does not hold ${what} as it was sent: ${reason}.`);
}
