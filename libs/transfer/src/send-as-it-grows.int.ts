import { appendFile, open, writeFile } from 'node:fs/promises';
import { planParts } from '@waybill/domain';
import { testServers } from '@waybill/servers';
import { sendAsItGrows, type GrowingInput } from './send-as-it-grows.ts';
import { sendFile } from './send-file.ts';
import type { UploadState } from './send-file-input.ts';
import { bytes, partSize, sha256, TransferFixture } from './transfer-fixture.ts';

let fixture: TransferFixture;

beforeAll(async () => {
  fixture = await TransferFixture.on(testServers().s3);
});
beforeEach(() => fixture.store.proxy.calm());
afterAll(() => fixture.close());

type Input = Awaited<ReturnType<TransferFixture['input']>>;

/** The steps of a writer, each taken when the transfer asks for more than is there; after the last the file stands still. */
function writer(input: Input, steps: readonly (() => Promise<void>)[]) {
  const left = [...steps];
  return {
    async readable(atLeast: number): Promise<number | undefined> {
      for (;;) {
        const { size } = await input.handle.stat();
        if (size >= atLeast) return size;
        const step = left.shift();
        if (step === undefined) return undefined;
        await step();
      }
    },
  };
}

const growing = (
  input: Input,
  steps: readonly (() => Promise<void>)[],
  upload: UploadState = input.upload,
): GrowingInput => ({
  ...input,
  plan: planParts({ size: undefined, partSize }),
  upload,
  file: writer(input, steps),
});

/** The last pass over the file that stands still, and what the store then makes of it. */
async function landed(input: Input, upload: UploadState) {
  const { size } = await input.handle.stat();
  const sent = await sendFile({ ...input, plan: planParts({ size: undefined, partSize }), size, upload });
  const outcome = await fixture.store.landing.finalizer.complete({
    key: upload.key,
    uploadId: sent.uploadId ?? '',
    token: sent.token,
    parts: sent.parts,
    size,
    signal: fixture.store.signal,
  });
  expect(outcome).toMatchObject({ outcome: 'proven' });
  return { sent, stored: await fixture.store.stored(upload.key) };
}

describe('a file that is sent while it grows', () => {
  it('has its full parts sent when the writer stops, and only the tail is left', async () => {
    const input = await fixture.input(bytes(1_000));
    const tail = 1_000 + 777;
    const steps = [2 * partSize, partSize / 2, partSize / 2 + 777].map(
      size => () => appendFile(input.path, bytes(size)),
    );
    const upload = await sendAsItGrows(growing(input, steps));
    expect(upload.parts.map(({ number, size }) => [number, size])).toEqual([
      [1, partSize],
      [2, partSize],
      [3, partSize],
    ]);
    const { sent, stored } = await landed(input, upload);
    expect(sent.bytesUploaded).toBe(tail);
    expect(sent.sha256).toBe(sha256(stored));
    expect(stored.byteLength).toBe(3 * partSize + tail);
  });

  it('is whole although its header and its middle are rewritten at the close, and only those parts are sent again', async () => {
    const input = await fixture.input(bytes(1));
    const upload = await sendAsItGrows(growing(input, [() => appendFile(input.path, bytes(4 * partSize))]));
    const handle = await open(input.path, 'r+');
    await handle.write(Buffer.from('moov'), 0, 4, 4);
    await handle.write(Buffer.from('middle'), 0, 6, 2 * partSize + 9);
    await handle.close();
    const { sent, stored } = await landed(input, upload);
    expect(sent.bytesUploaded).toBe(2 * partSize + 1);
    expect(stored.subarray(4, 8).toString()).toBe('moov');
    expect(sha256(stored)).toBe(sent.sha256);
  });

  it('goes on after a stall, with the tail that was sent meanwhile sent again in full', async () => {
    const input = await fixture.input(bytes(1));
    const first = await sendAsItGrows(growing(input, [() => appendFile(input.path, bytes(partSize + 10))]));
    const { size } = await input.handle.stat();
    const still = await sendFile({
      ...input,
      plan: planParts({ size: undefined, partSize }),
      size,
      upload: first,
    });
    await appendFile(input.path, bytes(partSize));
    const second = await sendAsItGrows(
      growing(input, [], {
        ...first,
        parts: still.parts,
        ...(still.uploadId === undefined ? {} : { uploadId: still.uploadId }),
      }),
    );
    expect(second.parts.map(({ number, size: length }) => [number, length])).toEqual([
      [1, partSize],
      [2, partSize],
    ]);
    const { stored } = await landed(input, second);
    expect(stored.byteLength).toBe(2 * partSize + 11);
  });

  it('continues after a kill without sending again what the journal or the store knows', async () => {
    const input = await fixture.input(bytes(3 * partSize));
    const controller = new AbortController();
    const waitsForEver = {
      readable: async (atLeast: number) => {
        if (atLeast <= 3 * partSize) return 3 * partSize;
        await new Promise(resolve => setTimeout(resolve, 100));
        controller.abort(new Error('killed'));
        throw controller.signal.reason as Error;
      },
    };
    const interrupted = {
      ...growing(input, []),
      concurrency: 1,
      signal: controller.signal,
      file: waitsForEver,
    };
    await expect(sendAsItGrows(interrupted)).rejects.toThrow('killed');
    // The last row was not written before the kill: only the store knows the part.
    input.journal.rows.delete(3);
    await writeFile(input.path, Buffer.concat([await fixture.read(input.path), bytes(partSize)]));
    let uploaded = 0;
    const upload = await sendAsItGrows({
      ...growing(input, [], input.journal.state(input.upload.key)),
      onProgress: ({ partsSent }) => (uploaded = partsSent),
    });
    expect(uploaded).toBe(4);
    expect(upload.parts).toHaveLength(4);
    const { sent, stored } = await landed(input, upload);
    expect(sent.bytesUploaded).toBe(0);
    expect(sha256(stored)).toBe(sent.sha256);
  });

  it('begins anew when the store forgot the upload', async () => {
    const input = await fixture.input(bytes(partSize));
    const first = await sendAsItGrows(growing(input, []));
    await fixture.store.landing.finalizer.abort(
      { key: first.key, uploadId: first.uploadId ?? '' },
      fixture.store.signal,
    );
    const second = await sendAsItGrows(
      growing(input, [() => appendFile(input.path, bytes(partSize))], first),
    );
    expect(second.uploadId).not.toBe(first.uploadId);
    expect(second.parts).toHaveLength(2);
    const { stored } = await landed(input, second);
    expect(stored.byteLength).toBe(2 * partSize);
  });
});
