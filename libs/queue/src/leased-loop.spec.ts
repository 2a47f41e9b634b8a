import { setTimeout as pause } from 'node:timers/promises';
import type { Lease } from './lease-keeper.ts';
import { LeasedLoop, type LeasedLoopOptions } from './leased-loop.ts';

const rows = (...ids: string[]): Lease[] => ids.map(id => ({ id, fence: 1 }));
const options = (due: Lease[], lines: string[]): Omit<LeasedLoopOptions<Lease>, 'work'> => ({
  name: 'deliveries',
  concurrency: 4,
  claim: async limit => due.splice(0, limit),
  giveBack: async () => undefined,
  renew: async () => [],
  leaseMs: 400,
  log: { info: line => lines.push(line), warn: line => lines.push(line) },
});

describe('LeasedLoop', () => {
  it('keeps rows leased while they are worked on, and no longer', async () => {
    const renewals: string[] = [];
    const ended: string[] = [];
    const loop = new LeasedLoop<Lease>({
      ...options(rows('short', 'long'), []),
      renew: async held => {
        renewals.push(held.map(({ id }) => id).join());
        return [];
      },
      work: async ({ id }, signal) => {
        await pause(id === 'long' ? 700 : 150, undefined, { signal });
        ended.push(id);
      },
    });
    loop.start();
    await pause(900);
    expect(ended).toEqual(['short', 'long']);
    expect(renewals[0]).toBe('short,long');
    expect(renewals.at(-1)).toBe('long');
    const count = renewals.length;
    await pause(200);
    expect(renewals).toHaveLength(count);
    await loop.stop(100);
  });

  it('aborts only the work whose lease is lost, and goes on with the rest', async () => {
    const aborted: string[] = [];
    const ended: string[] = [];
    const lines: string[] = [];
    const loop = new LeasedLoop<Lease>({
      ...options(rows('lost', 'kept'), lines),
      renew: async () => ['lost'],
      work: async ({ id }, signal) => {
        try {
          await pause(300, undefined, { signal });
          ended.push(id);
        } catch (error) {
          aborted.push(id);
          throw error;
        }
      },
    });
    loop.start();
    await pause(450);
    expect({ aborted, ended }).toEqual({ aborted: ['lost'], ended: ['kept'] });
    expect(lines).toEqual([expect.stringMatching(/^deliveries: what became of lost could not be recorded/)]);
    await loop.stop(100);
  });

  it('aborts what outlasts the grace of its stop', async () => {
    let reason: unknown;
    const loop = new LeasedLoop<Lease>({
      ...options(rows('endless'), []),
      work: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new Error('aborted'));
          });
        }),
    });
    loop.start();
    await pause(20);
    expect(loop.busy).toBe(1);
    await loop.stop(30);
    expect(String(reason)).toMatch(/deliveries is stopping/);
    expect(loop.busy).toBe(0);
  });
});
