import { createHash } from 'node:crypto';
import { S3Error } from '../s3-error.ts';
import { hmac, sameSignature, sha256Hex } from '../signature/canonical-request.ts';
import type { ChunkSeed } from '../signature/authorize.ts';

/**
 * Decoding of `aws-chunked` bodies (AWS Signature Version 4, "Chunked upload" and "Trailing headers"):
 * `<hex size>[;chunk-signature=<hex>]CRLF <bytes> CRLF … 0[…]CRLF [trailer:value CRLF]* [x-amz-trailer-signature:… CRLF] CRLF`.
 * Bytes pass through as they come; nothing is gathered but the lines between them.
 */
export interface ChunkedOptions {
  /** Present: every chunk and the trailer carry a signature that builds on the one before. */
  readonly seed?: ChunkSeed;
  readonly hasTrailer: boolean;
  /** Takes the trailer's fields, names in lower case. */
  onTrailer(fields: ReadonlyMap<string, string>): void;
}

const maxLine = 8192;
const emptyHash = sha256Hex('');

/** Yields the decoded bytes. Throws InvalidRequest, IncompleteBody, SignatureDoesNotMatch. */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  options: ChunkedOptions,
): AsyncGenerator<Buffer> {
  const lines = new LineBuffer();
  const signatures = options.seed === undefined ? undefined : new ChunkSignatures(options.seed);
  let state: 'size' | 'bytes' | 'after-bytes' | 'trailer' | 'end' = 'size';
  let left = 0;
  const trailer: string[] = [];

  for await (const piece of source) {
    let at = 0;
    while (at < piece.length) {
      if (state === 'end') throw malformed('bytes follow its end');
      if (state === 'bytes') {
        const bytes = piece.subarray(at, at + left);
        at += bytes.length;
        left -= bytes.length;
        signatures?.update(bytes);
        yield bytes;
        if (left === 0) {
          signatures?.endChunk();
          state = 'after-bytes';
        }
        continue;
      }
      const taken = lines.take(piece, at);
      at = taken.next;
      if (taken.line === undefined) continue;
      if (state === 'after-bytes') {
        if (taken.line !== '') throw malformed('a chunk is longer than its size');
        state = 'size';
      } else if (state === 'size') {
        left = readSize(taken.line, signatures);
        if (left === 0) signatures?.endChunk();
        state = left === 0 ? 'trailer' : 'bytes';
      } else if (taken.line === '') {
        state = 'end';
      } else {
        trailer.push(taken.line);
      }
    }
  }
  // Some clients leave out the empty line at the very end when there is no trailer.
  if (state !== 'end' && !(state === 'trailer' && trailer.length === 0 && lines.isEmpty)) {
    throw new S3Error('IncompleteBody', 'The chunked body ended before its last chunk.');
  }
  if (!options.hasTrailer && trailer.length > 0) throw malformed('it has a trailer that was not announced');
  options.onTrailer(readTrailer(trailer, options.hasTrailer ? signatures : undefined));
}

const malformed = (why: string) =>
  new S3Error('InvalidRequest', `The aws-chunked body is malformed: ${why}.`);

function readSize(line: string, signatures: ChunkSignatures | undefined): number {
  const [size = '', ...extensions] = line.split(';');
  if (!/^[0-9a-f]{1,12}$/i.test(size)) throw malformed('a chunk has no size');
  if (signatures !== undefined) {
    const signature = /^chunk-signature=([0-9a-f]{64})$/.exec(extensions.join(';').trim())?.[1];
    if (signature === undefined) throw malformed('a chunk has no signature');
    signatures.expect(signature);
  }
  return parseInt(size, 16);
}

function readTrailer(
  lines: readonly string[],
  signatures: ChunkSignatures | undefined,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const cut = line.indexOf(':');
    if (cut < 1) throw malformed('a line of its trailer is not "name:value"');
    fields.set(line.slice(0, cut).trim().toLowerCase(), line.slice(cut + 1).trim());
  }
  const signature = fields.get('x-amz-trailer-signature');
  fields.delete('x-amz-trailer-signature');
  signatures?.checkTrailer(fields, signature ?? '');
  return fields;
}

/** The chain of chunk signatures: each signs its own bytes and the signature before it. */
class ChunkSignatures {
  private hash = createHash('sha256');
  private expected = '';
  private previous: string;

  constructor(private readonly seed: ChunkSeed) {
    this.previous = seed.signature;
  }

  expect(signature: string): void {
    this.expected = signature;
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }

  endChunk(): void {
    const digest = this.hash.digest('hex');
    this.hash = createHash('sha256');
    this.check('AWS4-HMAC-SHA256-PAYLOAD', [emptyHash, digest], this.expected);
  }

  checkTrailer(fields: ReadonlyMap<string, string>, signature: string): void {
    const text = [...fields].map(([name, value]) => `${name}:${value}\n`).join('');
    this.check('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(text)], signature);
  }

  private check(algorithm: string, hashes: readonly string[], given: string): void {
    const { key, timestamp, scope } = this.seed;
    const text = [algorithm, timestamp, scope, this.previous, ...hashes].join('\n');
    this.previous = hmac(key, text).toString('hex');
    if (sameSignature(this.previous, given)) return;
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The signature of a chunk, or of the trailer, does not match its bytes.',
    );
  }
}

/** Gathers one line over the borders of network reads. */
class LineBuffer {
  private gathered = '';

  get isEmpty(): boolean {
    return this.gathered === '';
  }

  take(piece: Buffer, from: number): { readonly line?: string; readonly next: number } {
    const end = piece.indexOf(0x0a, from);
    const next = end < 0 ? piece.length : end + 1;
    this.gathered += piece.toString('latin1', from, next);
    if (this.gathered.length > maxLine) throw malformed(`a line is longer than ${maxLine} bytes`);
    if (end < 0) return { next };
    if (!this.gathered.endsWith('\r\n')) throw malformed('a line does not end in CRLF');
    const line = this.gathered.slice(0, -2);
    this.gathered = '';
    return { line, next };
  }
}
