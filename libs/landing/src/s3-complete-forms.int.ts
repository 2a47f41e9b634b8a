import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedS3, type EmbeddedS3 } from '@waybill/embedded-s3';
import { LandingFixture } from './landing-fixture.ts';

const account = { region: 'us-east-1', accessKeyId: 'waybill', secretAccessKey: 'secret-of-this-test' };
let folder: string;
let server: EmbeddedS3;
let fixture: LandingFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-complete-forms-'));
  server = await startEmbeddedS3({ folder, ...account });
  fixture = await LandingFixture.on({ endpoint: server.endpoint, ...account });
});
beforeEach(() => fixture.proxy.calm());
afterAll(async () => {
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The first Complete is refused as some stores refuse it; what the second looks like is seen. */
async function refusedOnce(key: string, status: number, error: string) {
  const { upload } = await fixture.uploaded(key);
  let refusals = 1;
  fixture.proxy.faults = ({ method, url }) =>
    method === 'POST' && url.includes('uploadId=') && refusals-- > 0
      ? { kind: 'answer', status, body: `<Error>${error}</Error>` }
      : undefined;
  const outcome = await fixture.landing.finalizer.complete(upload);
  const completes = fixture.proxy.seen.filter(
    ({ method, url }) => method === 'POST' && url.includes('uploadId='),
  );
  return { outcome, completes };
}

describe('a store that wants Complete in another form', () => {
  it('is told each part’s checksum when it asks for them', async () => {
    const { outcome, completes } = await refusedOnce(
      'forms/checksums',
      400,
      '<Code>InvalidRequest</Code><Message>The complete request must include the checksum for each part.</Message>',
    );
    expect(outcome).toMatchObject({ outcome: 'proven', object: { checksum: { algorithm: 'crc32' } } });
    expect(completes).toHaveLength(2);
    expect(completes[1]?.bodyBytes).toBeGreaterThan(completes[0]?.bodyBytes ?? Infinity);
  });

  it('is not told the total size when it does not bear that', async () => {
    const { outcome, completes } = await refusedOnce('forms/size', 501, '<Code>NotImplemented</Code>');
    expect(outcome).toMatchObject({ outcome: 'proven' });
    expect(completes.map(({ headers }) => 'x-amz-mp-object-size' in headers)).toEqual([true, false]);
  });

  it('and its object is not believed when its CRC-32 is another', async () => {
    const { upload } = await fixture.uploaded('forms/crc');
    fixture.proxy.faults = ({ method }) =>
      method === 'HEAD'
        ? {
            kind: 'edit-answer',
            headers: all => ('etag' in all ? { ...all, 'x-amz-checksum-crc32': 'AAAAAA==' } : all),
          }
        : undefined;
    await expect(fixture.landing.finalizer.complete(upload)).rejects.toMatchObject({
      code: 'content-mismatch',
      message: expect.stringContaining('CRC-32 00000000 instead of') as string,
    });
  });
});
