import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@waybill/servers';
import { LandingFixture } from './landing-fixture.ts';

describe('the credentials of the landing', () => {
  it('are read again: a key that was wrong and is corrected works without a new start', async () => {
    const { s3 } = testServers();
    const fixture = await LandingFixture.on(s3);
    try {
      let secretAccessKey = 'not the right one';
      const { edge } = fixture.open({ reveal: () => ({ accessKeyId: s3.accessKeyId, secretAccessKey }) });
      await expect(edge.probe(fixture.signal)).rejects.toMatchObject({ code: 'unauthorized' });
      ({ secretAccessKey } = s3);
      await sleep(2_200);
      await edge.probe(fixture.signal);
    } finally {
      await fixture.close();
    }
  });
});
