import { childIds, memoryUse, processorTimes } from './proc-text.ts';

/** As the kernel writes it: 52 fields; utime 250, stime 50, cutime 1000, cstime 25 ticks. */
const stat = (name: string): string =>
  `4711 (${name}) S 1 4711 4711 0 -1 4194560 1843 99 0 0 250 50 1000 25 20 0 11 0 8812 1130000000 20000 18446744073709551615 1 1 0 0 0 0 0 4096 17642 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;

describe('processorTimes', () => {
  it.each(['rclone', 'swift proxy', 'odd) R 1 (name', ''])(
    'reads the seconds of a program called "%s"',
    name => {
      expect(processorTimes(stat(name))).toEqual({ own: 3, children: 10.25 });
    },
  );

  it('refuses what is no such line', () => {
    expect(() => processorTimes('4711 (rclone) S 1 2')).toThrow('no line of /proc/<pid>/stat');
  });
});

describe('memoryUse', () => {
  it('reads what is held now and what was held at most', () => {
    const status =
      'Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t  131072 kB\nVmRSS:\t   65536 kB\nRssAnon:\t 1 kB\n';
    expect(memoryUse(status)).toEqual({ now: 64 * 1024 ** 2, peak: 128 * 1024 ** 2 });
  });

  it('is nothing for a process that has ended and was not waited for', () => {
    expect(memoryUse('Name:\tnode\nState:\tZ (zombie)\n')).toEqual({ now: 0, peak: 0 });
  });
});

it('reads the children of a thread', () => {
  expect(childIds('10220 13999 ')).toEqual([10_220, 13_999]);
  expect(childIds('')).toEqual([]);
});
