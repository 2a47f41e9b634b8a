import { destinationDescriptors, sourceDescriptors } from './index.ts';

describe('the registry', () => {
  it.each([
    ['sources', sourceDescriptors],
    ['destinations', destinationDescriptors],
  ])('knows each kind of %s once', (_what, descriptors) => {
    const kinds = descriptors.map(({ kind }) => kind);
    expect(kinds).not.toHaveLength(0);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('refuses an unknown key for every adapter', () => {
    for (const { config } of [...sourceDescriptors, ...destinationDescriptors]) {
      expect(config.safeParse({ surprise: 1 }).error?.issues).toContainEqual(
        expect.objectContaining({ code: 'unrecognized_keys', keys: ['surprise'] }),
      );
    }
  });
});
