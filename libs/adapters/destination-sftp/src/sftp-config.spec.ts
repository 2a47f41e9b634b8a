import { sftpConfig } from './sftp-config.ts';

const least = {
  host: 'sftp.example.com',
  username: 'in',
  password: { env: 'PARTNER_PASSWORD' },
  hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPlKZQPJx35qZnDQygVoR4QjDeP654Va6FYuMMmTFHw partner'],
};

describe('the configuration of an sftp destination', () => {
  it('has sound defaults', () => {
    expect(sftpConfig.parse(least)).toMatchObject({
      port: 22,
      directory: '/',
      overwrite: 'never',
      concurrency: 4,
      timeouts: { connect: 10_000, request: 30_000, idle: 5_000 },
    });
  });

  it.each([
    [{ ...least, hostKeys: [] }, 'ssh-keyscan'],
    [{ ...least, hostKeys: ['SHA256:abc'] }, 'a host key is one line'],
    [{ ...least, privateKey: { file: '/k' } }, 'either password or privateKey'],
    [{ ...least, password: undefined }, 'either password or privateKey'],
    [{ ...least, password: 'secret' }, 'never as the value itself'],
    [{ ...least, passwort: 'x' }, 'Unrecognized key'],
    [{ ...least, timeouts: { connect: '10 parsecs' } }, 'is not a duration'],
  ])('refuses %j', (config, why) => {
    expect(sftpConfig.safeParse(config).error?.message).toContain(why);
  });
});
