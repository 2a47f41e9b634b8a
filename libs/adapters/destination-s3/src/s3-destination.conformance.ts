import { randomUUID } from 'node:crypto';
import { BucketFarEnd, describeDestination, NetworkTap } from '@waybill/conformance';
import { testServers } from '@waybill/servers';
import { s3Destination } from './s3-destination.ts';

describeDestination('s3, before OpenStack Swift,', async () => {
  const { s3 } = testServers();
  const { hostname, port } = new URL(s3.endpoint);
  const tap = await NetworkTap.open(hostname, Number(port));
  const bucket = await BucketFarEnd.make(`conformance-${randomUUID()}`, s3);
  const config = s3Destination.config.parse({
    bucket: bucket.name,
    endpoint: `http://127.0.0.1:${tap.port}`,
    region: s3.region,
    accessKeyId: { env: 'ACCESS_KEY_ID' },
    secretAccessKey: { env: 'SECRET_ACCESS_KEY' },
    timeouts: { connect: '2s', request: '2s' },
  });
  const secrets: Record<string, string> = {
    ACCESS_KEY_ID: s3.accessKeyId,
    SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
  return {
    adapter: s3Destination.create(config, {
      name: 'archive',
      reveal: ref => ('env' in ref ? (secrets[ref.env] ?? '') : ''),
    }),
    trouble: tap,
    largeSize: 3 * 8 * 1024 * 1024 + 7,
    silenceLimit: 12_000,
    read: key => bucket.read(key),
    list: () => bucket.list(),
    put: (key, bytes) => bucket.put(key, bytes),
    stamp: key => bucket.stamp(key),
    dispose: async () => {
      await tap.close();
      await bucket.remove();
    },
  };
});
