import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { formatCrc32, type BodyDigests } from '@waybill/landing';
import type { IHasher } from 'hash-wasm';
import { returnHasher, takeHasher } from './hasher-shelf.ts';

/** Digests of one part's bytes, lower-case hex. */
export interface PartDigests extends BodyDigests {
  readonly xxh128: string;
}

/**
 * The one hash pass over a file: sha256 and xxh128 of the whole, xxh128 and CRC-32 of each part, MD5 of a part only where it is
 * asked for. Bytes are given in order; `endPart` closes a part. Give it back with `dispose`, after any outcome.
 */
export class DigestPass {
  readonly #sha256 = createHash('sha256');
  #crc32 = 0;
  #md5: Hash | undefined;
  #parts = 0;
  #lastXxh128 = '';

  private constructor(
    private readonly whole: IHasher | undefined,
    private readonly part: IHasher,
  ) {}

  /** @param onePart the file is a single part, so that its xxh128 is that of the whole and is computed once */
  static async start(onePart: boolean): Promise<DigestPass> {
    return new DigestPass(onePart ? undefined : await takeHasher(), await takeHasher());
  }

  beginPart(withMd5: boolean): void {
    this.part.init();
    this.#crc32 = 0;
    this.#md5 = withMd5 ? createHash('md5') : undefined;
  }

  update(bytes: Buffer): void {
    this.#sha256.update(bytes);
    this.whole?.update(bytes);
    this.part.update(bytes);
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#md5?.update(bytes);
  }

  endPart(): PartDigests {
    this.#parts += 1;
    this.#lastXxh128 = this.part.digest();
    const md5 = this.#md5?.digest('hex');
    return {
      xxh128: this.#lastXxh128,
      crc32: formatCrc32(this.#crc32),
      ...(md5 === undefined ? {} : { md5 }),
    };
  }

  /** Of every byte given. Once. */
  end(): { readonly sha256: string; readonly xxh128: string } {
    if (this.whole === undefined && this.#parts !== 1)
      throw new Error('a pass over one part saw several: its xxh128 is not that of the whole');
    return {
      sha256: this.#sha256.digest('hex'),
      xxh128: this.whole?.digest() ?? this.#lastXxh128,
    };
  }

  dispose(): void {
    if (this.whole !== undefined) returnHasher(this.whole);
    returnHasher(this.part);
  }
}
