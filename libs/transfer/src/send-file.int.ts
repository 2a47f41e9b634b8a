import { createHash } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { formatCrc32 } from '@waybill/landing';
import { testServers } from '@waybill/servers';
import { xxhash128 } from 'hash-wasm';
import { sendFile } from './send-file.ts';
import { bytes, partSize, sha256, TransferFixture } from './transfer-fixture.ts';

let fixture: TransferFixture;

beforeAll(async () => {
  fixture = await TransferFixture.on(testServers().s3);
});
beforeEach(() => fixture.store.proxy.calm());
afterAll(() => fixture.close());

const complete = (key: string, sent: Awaited<ReturnType<typeof sendFile>>) =>
  fixture.store.landing.finalizer.complete({
    key,
    uploadId: sent.uploadId ?? '',
    token: sent.token,
    parts: sent.parts,
    size: sent.size,
    signal: fixture.store.signal,
  });

describe('a file on its way to the landing', () => {
  it.each([0, 1, partSize - 1, partSize, partSize + 1, 3 * partSize + 12_345])(
    'of %d bytes arrives whole with all its digests',
    async size => {
      const content = bytes(size);
      const input = await fixture.input(content);
      const sent = await sendFile(input);
      expect(sent).toMatchObject({
        size,
        sha256: sha256(content),
        xxh128: await xxhash128(content),
        crc32: formatCrc32(crc32(content)),
        via: size <= partSize ? 'put' : 'multipart',
        proofLevel: 'in_flight',
        bytesUploaded: size,
      });
      if (sent.via === 'multipart') {
        expect(await fixture.store.exists(input.upload.key)).toBe(false);
        expect(sent.parts.map(({ number }) => number)).toEqual(
          Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1),
        );
        for (const part of sent.parts) {
          const slice = content.subarray(part.offset, part.offset + part.size);
          expect(part).toMatchObject({
            etag: createHash('md5').update(slice).digest('hex'),
            xxh128: await xxhash128(slice),
            crc32: formatCrc32(crc32(slice)),
          });
        }
        expect(await complete(input.upload.key, sent)).toMatchObject({
          outcome: 'proven',
          object: { proofLevel: 'in_flight' },
        });
      }
      expect((await fixture.store.stored(input.upload.key)).equals(content)).toBe(true);
      expect(input.pool.lent).toBe(0);
    },
  );

  it('tells the journal its intent before the store hears of it, and each part once', async () => {
    const input = await fixture.input(bytes(2 * partSize));
    await sendFile(input);
    const { said } = input.journal;
    expect(said.slice(0, 2)).toEqual(['intent multipart', 'opened']);
    expect(said.slice(2, 4).sort()).toEqual(['part 1', 'part 2']);
    expect(said.slice(4)).toEqual(['flush']);
    const small = await fixture.input(bytes(10));
    await sendFile(small);
    expect(small.journal.said).toEqual(['intent put', 'flush']);
  });

  it('tells how far it is', async () => {
    const size = 2 * partSize + 5;
    const seen: number[] = [];
    let last;
    await sendFile({
      ...(await fixture.input(bytes(size))),
      onProgress: progress => {
        seen.push(progress.bytesSent);
        last = progress;
      },
    });
    expect(last).toEqual({ bytesRead: size, bytesSent: size, partsSent: 3 });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('streams parts that are too large to be held', async () => {
    const content = bytes(2 * partSize + 77);
    const input = { ...(await fixture.input(content)), maxBufferedPart: partSize - 1 };
    const sent = await sendFile(input);
    expect(sent).toMatchObject({ sha256: sha256(content), proofLevel: 'in_flight' });
    await complete(input.upload.key, sent);
    expect((await fixture.store.stored(input.upload.key)).equals(content)).toBe(true);
  });

  it('that shrank is never stored short', async () => {
    for (const size of [1000, 3 * partSize]) {
      const input = await fixture.input(bytes(size));
      await truncate(input.path, size - 10);
      await expect(sendFile(input)).rejects.toMatchObject({
        code: 'source-changed',
        message: expect.stringContaining('inbox/film.mp4') as string,
      });
      expect(await fixture.store.exists(input.upload.key)).toBe(false);
      expect(input.pool.lent).toBe(0);
    }
  });

  it('keeps within a memory budget smaller than its parts side by side', async () => {
    const { BufferPool } = await import('./buffer-pool.ts');
    const content = bytes(4 * partSize);
    const pool = new BufferPool(partSize);
    let most = 0;
    const inputs = [await fixture.input(content), await fixture.input(content)];
    await Promise.all(
      inputs.map(input => sendFile({ ...input, pool, onProgress: () => (most = Math.max(most, pool.lent)) })),
    );
    expect(most).toBe(partSize);
  });
});

describe('a part that fails', () => {
  const isPart = (number: number) => (request: { method: string; url: string }) =>
    request.method === 'PUT' && request.url.includes(`partNumber=${number}&`);

  it.each([
    ['a connection cut in mid part', { kind: 'reset-body', after: 100_000 } as const],
    ['a lost answer', { kind: 'lose-answer' } as const],
    ['a 500', { kind: 'answer', status: 500 } as const],
    ['SlowDown', { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } as const],
  ])('with %s is sent again', async (_name, fault) => {
    const content = bytes(2 * partSize);
    const input = await fixture.input(content);
    let faults = 2;
    fixture.store.proxy.faults = request => (isPart(2)(request) && faults-- > 0 ? fault : undefined);
    const sent = await sendFile(input);
    await complete(input.upload.key, sent);
    expect((await fixture.store.stored(input.upload.key)).equals(content)).toBe(true);
  });

  it('for good stops the others, gives back the memory and keeps what arrived', async () => {
    const input = await fixture.input(bytes(6 * partSize));
    fixture.store.proxy.faults = request =>
      isPart(3)(request)
        ? { kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
        : undefined;
    await expect(sendFile({ ...input, concurrency: 2 })).rejects.toMatchObject({ code: 'unauthorized' });
    expect(input.pool.lent).toBe(0);
    expect([...input.journal.rows.keys()]).toContain(1);
    expect(input.journal.said.at(-1)).toBe('flush');
    const after = fixture.store.proxy.seen.length;
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(fixture.store.proxy.seen).toHaveLength(after);
  });

  it('stops soon when it is told to', async () => {
    const controller = new AbortController();
    const input = await fixture.input(bytes(3 * partSize));
    fixture.store.proxy.faults = request => (isPart(1)(request) ? { kind: 'stall' } : undefined);
    setTimeout(() => controller.abort(new Error('shutting down')), 200);
    const before = Date.now();
    await expect(sendFile({ ...input, signal: controller.signal })).rejects.toThrow('shutting down');
    expect(Date.now() - before).toBeLessThan(1500);
    expect(input.pool.lent).toBe(0);
  });
});
