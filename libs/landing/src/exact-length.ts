import { Transform, type TransformCallback } from 'node:stream';

/** Passes on exactly `expected` bytes; a stream that ends before or runs past that fails with `wrong`'s error. */
export class ExactLength extends Transform {
  #seen = 0;

  constructor(
    private readonly expected: number,
    private readonly wrong: (seen: number) => Error,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#seen += chunk.byteLength;
    if (this.#seen > this.expected) done(this.wrong(this.#seen));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.#seen === this.expected) done();
    else done(this.wrong(this.#seen));
  }
}
