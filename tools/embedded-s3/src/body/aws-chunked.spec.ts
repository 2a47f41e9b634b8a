import { decodeAwsChunked } from './aws-chunked.ts';
import type { ChunkedOptions } from './aws-chunked.ts';
import { signingKey } from '../signature/canonical-request.ts';

/** The body in network reads of `step` bytes, decoded. */
async function decode(body: string, step: number, options: Partial<ChunkedOptions> = {}) {
  async function* reads() {
    const bytes = Buffer.from(body, 'latin1');
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  let trailer: ReadonlyMap<string, string> = new Map();
  const pieces: Buffer[] = [];
  const onTrailer = (fields: ReadonlyMap<string, string>) => {
    trailer = fields;
  };
  for await (const piece of decodeAwsChunked(reads(), { hasTrailer: true, onTrailer, ...options })) {
    pieces.push(Buffer.from(piece));
  }
  return { text: Buffer.concat(pieces).toString('latin1'), trailer: Object.fromEntries(trailer) };
}

const unsigned = '5\r\nhel\r\n\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';

/** The example of the S3 API reference, "Signature calculations: transferring payload in multiple chunks". */
const seed = {
  key: signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '20130524', 'us-east-1'),
  timestamp: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
};
const signed = [
  '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
  'a'.repeat(65_536),
  '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
  'a'.repeat(1024),
  '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
].join('');

describe('aws-chunked bodies', () => {
  it.each([1, 2, 3, 7, 1000])('come out whole whatever the network reads are (%d bytes)', async step => {
    expect(await decode(unsigned, step)).toEqual({
      text: 'hel\r\n world',
      trailer: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    });
  });

  it.each([
    ['a cut in the bytes', unsigned.slice(0, 6), 'IncompleteBody'],
    ['a missing last chunk', '5\r\nhello\r\n', 'IncompleteBody'],
    ['a cut trailer', unsigned.slice(0, -4), 'IncompleteBody'],
    ['a size that is none', 'zz\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['bytes behind the end', `${unsigned}more`, 'InvalidRequest'],
    ['an endless line', '1'.repeat(9000), 'InvalidRequest'],
  ])('refuse %s', async (_what, body, code) => {
    await expect(decode(body, 5)).rejects.toMatchObject({ code });
  });

  it('verify the signatures of the published example', async () => {
    const { text } = await decode(signed, 4096, { seed, hasTrailer: false });
    expect(text).toBe('a'.repeat(66_560));
  });

  it('refuse one changed byte in a signed chunk', async () => {
    const forged = signed.replace('aaa\r\n400', 'aab\r\n400');
    await expect(decode(forged, 4096, { seed, hasTrailer: false })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});
