import { writeFile } from 'node:fs/promises';
import { testServers } from '@waybill/servers';
import { sendFile } from './send-file.ts';
import { bytes, partSize, sha256, TransferFixture } from './transfer-fixture.ts';

let fixture: TransferFixture;

beforeAll(async () => {
  fixture = await TransferFixture.on(testServers().s3);
});
beforeEach(() => fixture.store.proxy.calm());
afterAll(() => fixture.close());

/** Sends until `parts` parts were confirmed, then stops as a kill would: what is in flight is lost. */
async function interrupted(content: Buffer, parts: number) {
  const input = await fixture.input(content);
  const controller = new AbortController();
  await expect(
    sendFile({
      ...input,
      concurrency: 1,
      signal: controller.signal,
      onProgress: ({ partsSent }) => {
        if (partsSent === parts) controller.abort(new Error('killed'));
      },
    }),
  ).rejects.toThrow('killed');
  fixture.store.proxy.calm();
  const { key } = input.upload;
  return { ...input, again: () => ({ ...input, upload: input.journal.state(key) }) };
}

async function finished(input: Awaited<ReturnType<typeof fixture.input>>, content: Buffer) {
  const sent = await sendFile(input);
  expect(sent.sha256).toBe(sha256(content));
  const { key } = input.upload;
  const outcome = await fixture.store.landing.finalizer.complete({
    key,
    uploadId: sent.uploadId ?? '',
    token: sent.token,
    parts: sent.parts,
    size: sent.size,
    signal: fixture.store.signal,
  });
  expect(outcome).toMatchObject({ outcome: 'proven' });
  expect((await fixture.store.stored(key)).equals(content)).toBe(true);
  return sent;
}

describe('a transfer that was killed', () => {
  it('sends no part again that the store has', async () => {
    const content = bytes(5 * partSize);
    const input = await interrupted(content, 3);
    const sent = await finished(input.again(), content);
    // Part 4 may have been in flight.
    expect(sent.bytesUploaded).toBeLessThanOrEqual(2 * partSize);
    expect(fixture.store.proxy.partBytes()).toBe(sent.bytesUploaded);
    expect(input.journal.said.filter(word => word === 'opened')).toHaveLength(1);
  });

  it('finds by ListParts what the journal lost', async () => {
    const content = bytes(4 * partSize);
    const input = await interrupted(content, 3);
    input.journal.rows.delete(2);
    input.journal.rows.delete(3);
    const sent = await finished(input.again(), content);
    expect(sent.bytesUploaded).toBeLessThanOrEqual(partSize);
    expect([...input.journal.rows.keys()].sort()).toEqual([1, 2, 3, 4]);
  });

  it('sends a part again whose bytes changed, or that neither row nor checksum vouches for', async () => {
    const content = bytes(4 * partSize);
    const input = await interrupted(content, 3);
    // The header was rewritten at the close; part 2's row is lost and its bytes changed too.
    content[10] = (content[10] ?? 0) ^ 1;
    content[partSize + 10] = (content[partSize + 10] ?? 0) ^ 1;
    input.journal.rows.delete(2);
    await writeFile(input.path, content);
    const sent = await finished(input.again(), content);
    expect(sent.bytesUploaded).toBeGreaterThanOrEqual(3 * partSize);
  });

  it('does not believe a row whose ETag is not the one listed', async () => {
    const content = bytes(3 * partSize);
    const input = await interrupted(content, 2);
    const row = input.journal.rows.get(1);
    if (row === undefined) throw new Error('part 1 was not written');
    input.journal.rows.set(1, { ...row, etag: 'f'.repeat(32) });
    // The bytes themselves vouch: the listed MD5 is theirs, so nothing is sent, and the row is put right.
    const sent = await finished(input.again(), content);
    expect(sent.bytesUploaded).toBeLessThanOrEqual(partSize);
    expect(input.journal.rows.get(1)).toEqual(row);
  });

  it('opens another upload when the store forgot this one', async () => {
    const content = bytes(3 * partSize);
    const input = await interrupted(content, 1);
    const { key, uploadId = '' } = input.again().upload;
    await fixture.store.landing.finalizer.abort({ key, uploadId }, fixture.store.signal);
    const before = input.journal.token;
    const sent = await finished(input.again(), content);
    expect(sent.token).not.toBe(before);
    expect(sent.token).toBe(input.journal.token);
    expect(input.journal.said.filter(word => word === 'gone')).toHaveLength(1);
  });

  it('opens another upload when the store forgets it in the middle', async () => {
    const content = bytes(3 * partSize);
    const input = await fixture.input(content);
    const { key } = input.upload;
    let aborted = false;
    const sent = await finished(
      {
        ...input,
        concurrency: 1,
        onProgress: ({ partsSent }) => {
          if (partsSent !== 1 || aborted) return;
          aborted = true;
          fixture.store.proxy.faults = ({ url }) =>
            url.includes('partNumber=2') && input.journal.said.includes('gone') === false
              ? { kind: 'answer', status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
              : undefined;
        },
      },
      content,
    );
    expect(sent.bytesUploaded).toBe(4 * partSize);
    expect(key).toBe(input.upload.key);
  });
});
