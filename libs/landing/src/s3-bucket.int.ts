import { testServers } from '@waybill/servers';
import { LandingFixture } from './landing-fixture.ts';

let fixture: LandingFixture;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await LandingFixture.on(testServers().s3);
});
beforeEach(() => fixture.proxy.calm());
afterAll(() => fixture.close());

describe('the bucket', () => {
  it('keeps metadata documents, written again at will', async () => {
    await fixture.landing.finalizer.putJson('meta/a.metadata.json', { n: 1 }, signal);
    await fixture.landing.finalizer.putJson('meta/a.metadata.json', { n: 2 }, signal);
    expect(JSON.parse((await fixture.stored('meta/a.metadata.json')).toString())).toEqual({ n: 2 });
  });

  it('lists open uploads below a prefix', async () => {
    const { upload } = await fixture.uploaded('open/one');
    const seen = [];
    for await (const found of fixture.landing.finalizer.listUploads('open/', signal)) seen.push(found);
    expect(seen).toMatchObject([{ key: 'open/one', uploadId: upload.uploadId }]);
    expect(Math.abs(Date.now() - (seen[0]?.initiatedAt.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('that is right passes its probe; each wrong setting gets one sentence', async () => {
    const s3 = fixture.store;
    await fixture.landing.edge.probe(signal);
    await expect(fixture.open({ bucket: 'no-such-bucket-here' }).edge.probe(signal)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('there is no bucket no-such-bucket-here') as string,
    });
    const wrong = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      fixture.open({ reveal: () => credentials }).edge.probe(signal);
    for (const credentials of [
      { accessKeyId: s3.accessKeyId, secretAccessKey: 'wrong-secret-value' },
      { accessKeyId: 'nobody', secretAccessKey: s3.secretAccessKey },
    ])
      await expect(wrong(credentials)).rejects.toMatchObject({
        code: 'unauthorized',
        message: expect.stringMatching(
          new RegExp(`bucket ${fixture.bucket} at http.*check accessKeyId/secretAccessKey`),
        ) as string,
      });
    await expect(
      fixture.open({ endpoint: 'http://127.0.0.1:1' }).finalizer.probe(signal),
    ).rejects.toMatchObject({
      code: 'unreachable',
    });
    await expect(
      fixture
        .open({
          reveal: () => {
            throw new Error('S3_KEY is not set');
          },
        })
        .edge.probe(signal),
    ).rejects.toMatchObject({
      code: 'unauthorized',
      message: "The landing's credentials cannot be read: S3_KEY is not set",
    });
  });
});
