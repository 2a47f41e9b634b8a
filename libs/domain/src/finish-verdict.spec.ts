import { FinishTracker } from './finish-verdict.ts';
import type { FinishEvidence, Observation } from './finish-verdict.ts';

const file = (over: Partial<Observation> = {}): Observation => ({
  identity: 'a',
  size: 10,
  revision: '10-1',
  ...over,
});

function scanOnce(
  tracker: FinishTracker,
  at: number,
  ...files: Observation[]
): (FinishEvidence | undefined)[] {
  tracker.beginScan();
  const verdicts = files.map(one => tracker.observe(one, at));
  tracker.endScan();
  return verdicts;
}

describe('the verdict "finished"', () => {
  it('is given when size and revision stood still for the idle time, with the evidence', () => {
    const tracker = new FinishTracker(10_000);
    expect(scanOnce(tracker, 0, file())).toEqual([undefined]);
    expect(scanOnce(tracker, 9_999, file())).toEqual([undefined]);
    expect(scanOnce(tracker, 10_000, file())).toEqual([
      { rule: 'idle', idleMs: 10_000, scans: 3, size: 10, revision: '10-1' },
    ]);
  });

  it('tells the time in whole milliseconds', () => {
    const tracker = new FinishTracker(10);
    scanOnce(tracker, 0.123, file());
    expect(scanOnce(tracker, 12.456, file())).toEqual([expect.objectContaining({ idleMs: 12 })]);
  });

  it('needs two scans, however long the one took and however short the idle time is', () => {
    const tracker = new FinishTracker(0);
    expect(scanOnce(tracker, 0, file(), file())).toEqual([undefined, undefined]);
    expect(scanOnce(tracker, 0, file())).toEqual([expect.objectContaining({ scans: 2, idleMs: 0 })]);
  });

  it('starts to wait anew when the size or only the revision moves', () => {
    const tracker = new FinishTracker(10_000);
    scanOnce(tracker, 0, file());
    expect(scanOnce(tracker, 10_000, file({ size: 11 }))).toEqual([undefined]);
    expect(scanOnce(tracker, 20_000, file({ size: 11, revision: '11-2' }))).toEqual([undefined]);
    expect(scanOnce(tracker, 29_999, file({ size: 11, revision: '11-2' }))).toEqual([undefined]);
    expect(scanOnce(tracker, 30_000, file({ size: 11, revision: '11-2' }))).toEqual([
      expect.objectContaining({ idleMs: 10_000, scans: 3 }),
    ]);
  });

  it('is repeated, so that a caller that could not store it gets it again', () => {
    const tracker = new FinishTracker(1_000);
    scanOnce(tracker, 0, file());
    expect(scanOnce(tracker, 1_000, file())[0]).toBeDefined();
    expect(scanOnce(tracker, 2_000, file())[0]).toMatchObject({ idleMs: 2_000 });
  });

  it('forgets files that a whole scan did not see', () => {
    const tracker = new FinishTracker(1_000);
    scanOnce(tracker, 0, file(), file({ identity: 'b' }));
    scanOnce(tracker, 500, file({ identity: 'b' }));
    expect(tracker.size).toBe(1);
    expect(scanOnce(tracker, 5_000, file())).toEqual([undefined]);
  });

  it('keeps what it knows over a scan that failed half-way', () => {
    const tracker = new FinishTracker(1_000);
    scanOnce(tracker, 0, file());
    tracker.beginScan();
    expect(scanOnce(tracker, 1_000, file())[0]).toMatchObject({ rule: 'idle', scans: 2 });
  });

  it('believes the source when it knows', () => {
    const tracker = new FinishTracker(1_000);
    expect(scanOnce(tracker, 0, file({ finished: true }))).toEqual([
      { rule: 'source', size: 10, revision: '10-1' },
    ]);
    scanOnce(tracker, 0, file({ finished: false }));
    expect(scanOnce(tracker, 99_000, file({ finished: false }))).toEqual([undefined]);
  });
});
