import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describeDestination, FolderFarEnd, NetworkTap } from '@waybill/conformance';
import { testServers } from '@waybill/servers';
import { sftpDestination } from './sftp-destination.ts';

describeDestination('sftp, before OpenSSH,', async () => {
  const { sftp } = testServers();
  const tap = await NetworkTap.open(sftp.host, sftp.port);
  const directory = `/upload/conformance-${randomUUID()}`;
  const folder = new FolderFarEnd(join(sftp.root, directory));
  await folder.make();
  const config = sftpDestination.config.parse({
    host: '127.0.0.1',
    port: tap.port,
    username: sftp.username,
    password: { env: 'PASSWORD' },
    hostKeys: sftp.hostKeys,
    directory,
    timeouts: { connect: '2s', request: '1s' },
  });
  return {
    adapter: sftpDestination.create(config, { name: 'partner', reveal: () => sftp.password }),
    trouble: tap,
    largeSize: 5_000_007,
    // One request's deadline, and one attempt to connect anew and clean up.
    silenceLimit: 4_000,
    read: key => folder.read(key),
    list: () => folder.list(),
    put: (key, bytes) => folder.put(key, bytes),
    stamp: key => folder.stamp(key),
    dispose: async () => {
      await tap.close();
      await folder.remove();
    },
  };
});
