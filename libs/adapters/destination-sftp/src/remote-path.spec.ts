import { AdapterError } from '@waybill/contract';
import { fenceOfTemporary, parentOf, remotePath, remotePaths } from './remote-path.ts';

const item = { key: 'a/b.mp4', deliveryId: '0192-7f', fence: 3 };

describe('a remote path', () => {
  it.each([
    ['/', 'a/b.mp4', '/a/b.mp4'],
    ['/incoming', 'b.mp4', '/incoming/b.mp4'],
    ['/incoming/', 'b.mp4', '/incoming/b.mp4'],
    ['incoming', 'b.mp4', 'incoming/b.mp4'],
    ['.', 'b.mp4', 'b.mp4'],
    ['/in', 'a..b/..c', '/in/a..b/..c'],
  ])('%s with %s is %s', (directory, key, path) => {
    expect(remotePath(directory, key)).toBe(path);
  });

  it.each(['', '/a', 'a/', 'a//b', '.', 'a/./b', '..', '../a', 'a/../b', 'a/..', '..\\a', 'a\\..\\b', 'a\0'])(
    'refuses %j',
    key => {
      expect(() => remotePath('/in', key)).toThrow(AdapterError);
      expect(() => remotePath('/in', key)).toThrow('is not a path below');
    },
  );

  it('has a temporary name of ids in the same folder, however long the name is', () => {
    expect(remotePaths('/in', item)).toEqual({
      final: '/in/a/b.mp4',
      folder: '/in/a',
      temporary: '/in/a/.waybill-0192-7f-3.part',
    });
    const long = remotePaths('/', { key: 'n'.repeat(255), deliveryId: 'd'.repeat(300), fence: 1 });
    expect(long.temporary.length).toBeLessThan(80);
  });

  it('keeps a hostile delivery id out of the path', () => {
    expect(remotePaths('/', { ...item, deliveryId: '../../x' }).temporary).toMatch(
      /^\/a\/\.waybill-[0-9a-f]{40}-3\.part$/,
    );
  });

  it('has a parent', () => {
    expect(['/a/b', '/a', 'a', 'a/b'].map(parentOf)).toEqual(['/a', '/', '.', 'a']);
  });

  it.each([
    ['.waybill-0192-7f-12.part', 12],
    ['.waybill-0192-12.part', undefined],
    ['.waybill-0192-7f-12-1.part', undefined],
    ['.waybill-0192-7f-.part', undefined],
    ['b.mp4', undefined],
  ])('tells that %s is a temporary name with fence %s', (name, fence) => {
    expect(fenceOfTemporary('0192-7f', name)).toBe(fence);
  });
});
