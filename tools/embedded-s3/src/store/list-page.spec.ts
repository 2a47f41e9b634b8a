import { compareKeys } from './key-order.ts';
import { listPage } from './list-page.ts';

const sorted = ['a', 'a/', 'a/1', 'a/2/x', 'a/2/y', 'a/3', 'b', 'é', '\uffee', '😀'].sort(compareKeys);
const all = { prefix: '', delimiter: '', after: '', limit: 1000 };

/** Every entry, page by page. */
function walk(question: typeof all) {
  const entries: string[] = [];
  let after = question.after;
  for (let pages = 0; pages < 50; pages++) {
    const page = listPage(sorted, { ...question, after });
    entries.push(...[...page.keys, ...page.commonPrefixes].sort(compareKeys));
    if (page.next === undefined) return entries;
    after = page.next;
  }
  throw new Error('the listing does not end');
}

describe('listings', () => {
  it('are in the order of UTF-8 bytes', () => {
    const byBytes = sorted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(sorted).toEqual(byBytes);
    expect(sorted.toSorted()).not.toEqual(byBytes);
  });

  it.each([1, 2, 3, 1000])('give every key once in pages of %d', limit => {
    expect(walk({ ...all, limit })).toEqual(sorted);
  });

  it.each([1, 2, 3, 1000])('fold keys behind a delimiter in pages of %d', limit => {
    expect(walk({ ...all, delimiter: '/', limit })).toEqual(['a', 'a/', 'b', 'é', '\uffee', '😀']);
    expect(walk({ ...all, prefix: 'a/', delimiter: '/', limit })).toEqual(['a/', 'a/1', 'a/2/', 'a/3']);
  });

  it('start after a key that need not exist', () => {
    expect(walk({ ...all, prefix: 'a/', after: 'a/2/xx' })).toEqual(['a/2/y', 'a/3']);
    expect(walk({ ...all, prefix: 'a/', after: 'A' })).toHaveLength(5);
    expect(walk({ ...all, prefix: 'a/', after: 'zz' })).toEqual([]);
  });

  it('say nothing of more when nothing was asked for', () => {
    expect(listPage(sorted, { ...all, limit: 0 })).toEqual({ keys: [], commonPrefixes: [] });
  });
});
