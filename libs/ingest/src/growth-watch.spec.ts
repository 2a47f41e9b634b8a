import { GrowthWatch, type Look } from './growth-watch.ts';
import { ShrunkError } from './shrunk-error.ts';

/** A file that shows these sizes, one a look, and then the last one for ever. */
function watchOf(sizes: readonly number[], idleMs = 200) {
  let looks = 0;
  const look = async (): Promise<Look> => {
    const size = sizes[Math.min(looks, sizes.length - 1)] ?? 0;
    looks += 1;
    return { size, revision: `r${size}` };
  };
  const controller = new AbortController();
  return { watch: new GrowthWatch('inbox: clip.mp4', look, idleMs, controller.signal), controller };
}

describe('the watch over a growing file', () => {
  it('tells when enough bytes are there', async () => {
    const { watch } = watchOf([1, 5, 9, 20]);
    expect(await watch.readable(10)).toBe(20);
  });

  it('says that it stands still after half of the time, and that it is finished after all of it, with the evidence', async () => {
    const { watch } = watchOf([7]);
    const began = performance.now();
    expect(await watch.readable(10)).toBeUndefined();
    expect(performance.now() - began).toBeGreaterThanOrEqual(95);
    const evidence = await watch.finished(await watch.now());
    expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    expect(evidence).toMatchObject({ rule: 'idle', size: 7, revision: 'r7' });
    expect(evidence?.rule === 'idle' && evidence.idleMs >= 200 && evidence.scans >= 2).toBe(true);
  });

  it('takes the verdict back from a file that moves on meanwhile', async () => {
    const { watch } = watchOf([7, 8]);
    expect(await watch.finished({ size: 7, revision: 'r7' })).toBeUndefined();
  });

  it('refuses a file that shrinks', async () => {
    const { watch } = watchOf([7, 3]);
    await expect(watch.readable(10)).rejects.toThrow(ShrunkError);
    await expect(watchOf([9, 2]).watch.readable(10)).rejects.toThrow(/had 9 bytes and has 2 now/);
  });

  it('ends its wait at once when it is stopped', async () => {
    const { watch, controller } = watchOf([7], 60_000);
    setTimeout(() => controller.abort(new Error('stopped')), 20);
    await expect(watch.readable(10)).rejects.toThrow(/abort|stopped/);
  });
});
