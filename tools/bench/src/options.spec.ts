import { chosen, readOptions } from './options.ts';

describe('the options of the bench', () => {
  it('measures at full size, three times, against Swift when nothing is said', () => {
    expect(readOptions([])).toMatchObject({
      server: 'swift',
      fileSize: 2 * 1024 ** 3,
      files: 5_000,
      smallSize: 65_536,
      repeat: 3,
      sides: [],
      scenarios: [],
    });
  });

  it('is small with --quick, and what is said beside it wins', () => {
    expect(readOptions(['--quick', '--files', '40'])).toMatchObject({
      fileSize: 256 * 1024 ** 2,
      files: 40,
      repeat: 1,
    });
  });

  const refused: [string[], RegExp][] = [
    [['--server', 'minio'], /--server takes swift or embedded; "minio" is neither/],
    [['--file-size', '2 gigs'], /--file-size takes a size such as/],
    [['--file-size', '0B'], /--file-size takes a size such as/],
    [['--files', '0'], /--files takes a number/],
    [['--repeat', '-1'], /--repeat/],
    [['--fast'], /--fast/],
  ];
  it.each(refused)('%s is refused with a sentence', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence);
  });

  it('narrows to the names that were given, in the order of the table, and refuses others', () => {
    const all = [{ name: 'rclone' }, { name: 'aws-cli' }, { name: 's3cmd' }];
    expect(chosen('side', all, [])).toEqual(all);
    expect(chosen('side', all, ['s3cmd', 'rclone'])).toEqual([{ name: 'rclone' }, { name: 's3cmd' }]);
    expect(() => chosen('side', all, ['cyberduck'])).toThrow(
      '--side takes rclone, aws-cli, s3cmd; "cyberduck" is none of them.',
    );
  });
});
