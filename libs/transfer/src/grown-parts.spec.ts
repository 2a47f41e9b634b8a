import { planParts } from '@waybill/domain';
import { firstUnsent, grownParts } from './grown-parts.ts';

const mebi = 1024 ** 2;

describe('the parts of a growing file', () => {
  it('come as their last byte does, and the rest is held back', async () => {
    const plan = planParts({ size: undefined });
    const asked: number[] = [];
    const sizes = [8 * mebi, 20 * mebi, 20 * mebi];
    const parts = [];
    const file = {
      readable: async (atLeast: number) => {
        asked.push(atLeast);
        return sizes.find(size => size >= atLeast);
      },
    };
    for await (const part of grownParts(plan, 1, file)) parts.push(part.number);
    expect(parts).toEqual([1, 2]);
    expect(asked).toEqual([8 * mebi, 16 * mebi, 24 * mebi]);
  });

  it('go on after the last one that is known to be sent without a gap', () => {
    const plan = planParts({ size: undefined });
    const full = (number: number) => ({ number, size: 8 * mebi });
    expect(firstUnsent(plan, [])).toBe(1);
    expect(firstUnsent(plan, [full(2), full(1), full(4)])).toBe(3);
    expect(firstUnsent(plan, [full(1), { number: 2, size: 17 }])).toBe(2);
  });
});
