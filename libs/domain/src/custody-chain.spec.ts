import { brokenLink, chainStart, linkHash, type CustodyLink } from './custody-chain.ts';

function trail(kinds: readonly string[]): CustodyLink[] {
  let prevHash = chainStart;
  return kinds.map((kind, index) => {
    const link = {
      assetId: '00000000-0000-7000-8000-000000000001',
      seq: index + 1,
      at: new Date(1_000 * index),
      kind,
      actor: 'edge',
      detail: '{"size":1}',
      prevHash,
    };
    const hash = linkHash(link);
    prevHash = hash;
    return { ...link, hash };
  });
}

describe('the custody chain', () => {
  it('holds as written', () => {
    expect(brokenLink(trail(['discovered', 'sent', 'proven']))).toBeUndefined();
    expect(brokenLink([])).toBeUndefined();
  });

  it('says which event was changed, taken out or put in from elsewhere', () => {
    const links = trail(['discovered', 'sent', 'proven']);
    const second = links[1] as CustodyLink;
    expect(brokenLink(links.with(1, { ...second, detail: '{"size":2}' }))).toMatch(/Event 2 was changed/);
    expect(brokenLink(links.toSpliced(1, 1))).toMatch(/Event 2 is missing/);
    expect(brokenLink(links.with(1, { ...second, prevHash: chainStart }))).toMatch(/Event 2 is not chained/);
  });
});
