import { credentialCheck } from './credential-check.ts';
import { settingsFrom } from './settings.ts';
import { sftpErrorOf } from './sftp-status.ts';

const complete = {
  WAYBILL_SFTP_ROOT: '/data',
  WAYBILL_SFTP_PORT: '2022',
  WAYBILL_SFTP_USERNAME: 'waybill',
  WAYBILL_SFTP_PASSWORD: 'secret',
  WAYBILL_SFTP_HOST_KEY_FILE: '/data/key',
};

describe('settings of the embedded SFTP server', () => {
  it('are read from the environment', () => {
    expect(settingsFrom(complete)).toEqual({
      root: '/data',
      port: 2022,
      username: 'waybill',
      password: 'secret',
      hostKeyFile: '/data/key',
    });
  });

  it.each(Object.keys(complete))('name %s when it is missing', name => {
    expect(() => settingsFrom({ ...complete, [name]: '' })).toThrow(name);
  });

  it('refuse what is no port', () => {
    expect(() => settingsFrom({ ...complete, WAYBILL_SFTP_PORT: '70000' })).toThrow('WAYBILL_SFTP_PORT');
  });
});

describe('the credential check', () => {
  const mayEnter = credentialCheck('waybill', 'secret');

  it('takes the right pair and nothing else', () => {
    expect(mayEnter('waybill', 'secret')).toBe(true);
    expect(mayEnter('waybill', 'secret ')).toBe(false);
    expect(mayEnter('Waybill', 'secret')).toBe(false);
    expect(mayEnter('', '')).toBe(false);
  });
});

describe('what a client is told of a failure', () => {
  it('says that the disk is full, without a path of this disk', () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write '/data/secret'"), {
      code: 'ENOSPC',
      errno: -28,
    });
    expect(sftpErrorOf(error)).toMatchObject({ status: 4, message: 'no space left on device' });
  });
});
