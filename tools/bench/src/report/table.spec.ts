import { compare, type SideResult } from './comparison.ts';
import { table } from './table.ts';

const result = (
  name: string,
  kind: SideResult['side']['kind'],
  wall: number,
  cpu: number,
  more = {},
): SideResult => {
  const median = { wall, cpu, peak: 100 * 1024 ** 2, more };
  return { side: { name, kind }, version: '1.0', outcome: { runs: [median], median } };
};
const missing: SideResult = {
  side: { name: 's3cmd', kind: 'peer' },
  version: undefined,
  outcome: { missing: 'not installed (Debian: apt-get install s3cmd)' },
};

describe('compare', () => {
  it('sets every side beside the fastest peer and beside rclone; a bare loop is no peer', () => {
    const [rclone, aws, loop, waybill] = compare([
      result('rclone', 'peer', 8, 10),
      result('aws-cli', 'peer', 6, 5),
      result('sdk-loop', 'floor', 1, 1),
      result('waybill-landing', 'waybill', 4, 5),
    ]);
    expect(waybill?.ratios).toEqual({ speedToFastestPeer: 1.5, speedToRclone: 2, cpuToRclone: 0.5 });
    expect(loop?.ratios.speedToFastestPeer).toBe(6);
    expect(aws?.ratios.speedToFastestPeer).toBe(1);
    expect(rclone?.ratios).toEqual({ speedToFastestPeer: 0.75, speedToRclone: 1, cpuToRclone: 1 });
  });

  it('has no ratio where there is nothing to compare with', () => {
    const [own] = compare([result('waybill-landing', 'waybill', 4, 5), missing]);
    expect(own?.ratios.speedToFastestPeer).toBeUndefined();
    expect(own?.ratios.cpuToRclone).toBeUndefined();
  });
});

describe('table', () => {
  const text = table(
    '2 files',
    compare([
      result('rclone', 'peer', 12.34, 2),
      missing,
      { ...missing, side: { name: 'aws-cli', kind: 'peer' }, outcome: { failed: 'it broke' } },
      result('waybill-landing', 'waybill', 6.17, 1, { fromDrop: 8, stateCpu: 0.25 }),
    ]),
  );

  it('shows seconds, memory and ratios in columns', () => {
    const [, , header = '', , rclone = '', , , waybill = ''] = text.split('\n');
    expect(waybill).toMatch(
      /^waybill-landing +1\.0 +6\.17 +8\.00 +1\.00 +0\.25 +100 MiB +2\.00 × +2\.00 × +0\.50 ×$/,
    );
    expect(rclone).toMatch(/^rclone +1\.0 +12\.3 +2\.00 +100 MiB +1\.00 × +1\.00 × +1\.00 ×$/);
    expect(rclone.indexOf('12.3') + 4).toBe(header.indexOf('wall s') + 6);
  });

  it('says of a side without figures why', () => {
    expect(text).toMatch(/^s3cmd +not installed \(Debian: apt-get install s3cmd\)$/m);
    expect(text).toMatch(/^aws-cli +failed: it broke$/m);
  });
});
