import { embeddedConfiguration } from './embedded-configuration.ts';
import { neededParts } from './needed-parts.ts';

describe('the embedded servers that a configuration needs', () => {
  it('are both for the embedded configuration, wherever its inbox is', () => {
    expect(neededParts(embeddedConfiguration('/a folder/with: "quotes"/inbox'))).toEqual({
      s3: true,
      sftp: true,
    });
  });

  it('are none with a landing and real destinations', () => {
    const text = 'landing: { type: s3, bucket: b }\ndestinations: [{ name: p, type: sftp, host: h }]';
    expect(neededParts(text)).toEqual({ s3: false, sftp: false });
  });

  it('are S3 alone without a landing', () => {
    expect(neededParts('node: a')).toEqual({ s3: true, sftp: false });
    expect(neededParts('')).toEqual({ s3: true, sftp: false });
  });

  it('are none for a file that the apps will refuse', () => {
    expect(neededParts('destinations: [')).toEqual({ s3: false, sftp: false });
    expect(neededParts('- just a list')).toEqual({ s3: false, sftp: false });
    expect(neededParts('landing: {}\ndestinations: nonsense')).toEqual({ s3: false, sftp: false });
  });
});
