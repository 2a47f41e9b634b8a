import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedS3, type EmbeddedS3 } from '@waybill/embedded-s3';
import { sendFile } from './send-file.ts';
import { bytes, partSize, sha256, TransferFixture } from './transfer-fixture.ts';

/** The embedded store answers as AWS does: it echoes CRC-32s and keeps conditions. Swift, the judge, does neither. */
const account = { region: 'us-east-1', accessKeyId: 'waybill', secretAccessKey: 'secret-of-this-test' };
let folder: string;
let server: EmbeddedS3;
let fixture: TransferFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-crc-store-'));
  server = await startEmbeddedS3({ folder, ...account });
  fixture = await TransferFixture.on({ endpoint: server.endpoint, ...account });
});
beforeEach(() => fixture.store.proxy.calm());
afterAll(async () => {
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a store that keeps CRC-32s', () => {
  it.each([0, 1, partSize, partSize + 1, 3 * partSize + 7])(
    'confirms a file of %d bytes by them, and the whole by the combined one',
    async size => {
      const content = bytes(size);
      const input = await fixture.input(content);
      const sent = await sendFile(input);
      expect(sent).toMatchObject({ sha256: sha256(content), proofLevel: 'in_flight' });
      const { finalizer } = fixture.store.open();
      const { key } = input.upload;
      const { signal } = fixture.store;
      const { token, crc32 } = sent;
      const outcome =
        sent.via === 'put'
          ? await finalizer.prove({ key, token, size, crc32, signal })
          : await finalizer.complete({
              key,
              uploadId: sent.uploadId ?? '',
              token,
              parts: sent.parts,
              size,
              signal,
            });
      expect(outcome).toMatchObject({
        outcome: 'proven',
        object: { size, proofLevel: 'in_flight', checksum: { algorithm: 'crc32', value: crc32 } },
      });
      expect((await fixture.store.stored(key)).equals(content)).toBe(true);
    },
  );

  it('is no longer sent MD5s once it has confirmed a CRC-32', async () => {
    const { edge } = fixture.store.open();
    expect(edge.wantsMd5).toBe(true);
    await sendFile({ ...(await fixture.input(bytes(10))), landing: edge });
    expect(edge.wantsMd5).toBe(false);
    fixture.store.proxy.calm();
    await sendFile({ ...(await fixture.input(bytes(2 * partSize))), landing: edge });
    const parts = fixture.store.proxy.seen.filter(({ url }) => url.includes('partNumber='));
    expect(parts).toHaveLength(2);
    for (const { headers } of parts) {
      expect(headers).toHaveProperty('x-amz-checksum-crc32');
      expect(headers).not.toHaveProperty('content-md5');
      expect(headers['content-encoding']).toBeUndefined();
    }
  });

  it('adopts a listed part without a row by its CRC-32, and sends it again when the bytes changed', async () => {
    const content = bytes(3 * partSize);
    const input = await fixture.input(content);
    const controller = new AbortController();
    await expect(
      sendFile({
        ...input,
        concurrency: 1,
        signal: controller.signal,
        onProgress: ({ partsSent }) => {
          if (partsSent === 2) controller.abort(new Error('killed'));
        },
      }),
    ).rejects.toThrow('killed');
    input.journal.rows.clear();
    content[0] = (content[0] ?? 0) ^ 1;
    const changed = await fixture.file(content);
    const { key } = input.upload;
    const sent = await sendFile({ ...input, handle: changed.handle, upload: input.journal.state(key) });
    expect(sent.sha256).toBe(sha256(content));
    expect(sent.bytesUploaded).toBe(2 * partSize);
  });

  it('refuses a part list that it does not hold, and says why', async () => {
    const input = await fixture.input(bytes(2 * partSize));
    const sent = await sendFile(input);
    const outcome = await fixture.store.landing.finalizer.complete({
      key: input.upload.key,
      uploadId: sent.uploadId ?? '',
      token: sent.token,
      parts: sent.parts.map(part => (part.number === 1 ? { ...part, etag: 'f'.repeat(32) } : part)),
      size: sent.size,
      signal: fixture.store.signal,
    });
    expect(outcome).toMatchObject({
      outcome: 'parts-rejected',
      reason: expect.stringContaining('InvalidPart') as string,
    });
  });

  it('keeps conditions, so that a small file costs one request', async () => {
    const { edge } = fixture.store.open();
    await sendFile({ ...(await fixture.input(bytes(10))), landing: edge });
    fixture.store.proxy.calm();
    const input = { ...(await fixture.input(bytes(10))), landing: edge };
    await sendFile(input);
    expect(fixture.store.proxy.seen.map(({ method }) => method)).toEqual(['PUT']);
    const other = await fixture.input(bytes(10), { key: input.upload.key });
    await expect(sendFile({ ...other, landing: edge })).rejects.toMatchObject({ code: 'conflict' });
  });
});
