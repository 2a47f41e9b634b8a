import { ChildWords } from './child-words.ts';

describe('what a child says', () => {
  let told: string[];
  let time: number;
  let words: ChildWords;
  beforeEach(() => {
    told = [];
    time = 0;
    words = new ChildWords(
      sentence => told.push(sentence),
      () => time,
    );
  });
  const line = (entry: object): string => `${JSON.stringify(entry)}\n`;

  it('is told when it is a warning or an error, with its reason', () => {
    words.hear('stdout', line({ level: 'info', msg: 'at work' }));
    words.hear('stdout', line({ level: 'warn', msg: 'slow' }));
    words.hear('stdout', line({ level: 'error', msg: 'failed', error: { message: 'no route' } }));
    expect(told).toEqual(['slow', 'failed (no route)']);
  });

  it('is put together from pieces', () => {
    const text = line({ level: 'warn', msg: 'in two pieces' });
    words.hear('stdout', text.slice(0, 10));
    words.hear('stdout', text.slice(10));
    expect(told).toEqual(['in two pieces']);
  });

  it('is not repeated within half a minute', () => {
    for (time of [0, 10_000, 29_000, 31_000]) words.hear('stdout', line({ level: 'warn', msg: 'again' }));
    expect(told).toEqual(['again', 'again']);
  });

  it('leaves a flood to the log', () => {
    for (let at = 0; at < 50; at++) words.hear('stdout', line({ level: 'warn', msg: `file ${at}` }));
    expect(told).toEqual(['file 0', 'file 1', 'file 2', 'file 3', 'file 4', 'more of this is in its log.']);
    time = 10_000;
    words.hear('stdout', line({ level: 'warn', msg: 'later' }));
    expect(told.at(-1)).toBe('later');
  });

  it('explains its end by the last line on stderr or of level fatal', () => {
    words.hear('stderr', 'first\nwhy it ended\n');
    expect(words.last).toBe('why it ended');
    words.hear('stdout', line({ level: 'fatal', msg: 'nobody caught it', error: { message: 'boom' } }));
    expect(words.last).toBe('nobody caught it (boom)');
    expect(told).toEqual([]);
  });
});
