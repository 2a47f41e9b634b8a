import { OperationOrder } from './operation-order.ts';

/** An operation that notes its start and end, and ends when told. */
function recorder(): {
  readonly log: string[];
  readonly operation: (name: string) => { readonly run: () => Promise<void>; readonly finish: () => void };
} {
  const log: string[] = [];
  return {
    log,
    operation(name) {
      let finish = (): void => undefined;
      const finished = new Promise<void>(resolve => (finish = resolve));
      return {
        finish,
        run: async () => {
          log.push(`${name} starts`);
          await finished;
          log.push(`${name} ends`);
        },
      };
    },
  };
}

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('the order of operations on one file', () => {
  it('runs writes to different bytes at once, whatever their order', async () => {
    const { log, operation } = recorder();
    const order = new OperationOrder();
    const [late, early] = [operation('late'), operation('early')];
    const both = [
      order.write({ start: 10, end: 20 }, late.run),
      order.write({ start: 0, end: 10 }, early.run),
    ];
    await settle();
    expect(log).toEqual(['late starts', 'early starts']);
    late.finish();
    early.finish();
    await Promise.all(both);
  });

  it('keeps two writes to the same bytes in their order', async () => {
    const { log, operation } = recorder();
    const order = new OperationOrder();
    const [first, second] = [operation('first'), operation('second')];
    const both = [
      order.write({ start: 0, end: 10 }, first.run),
      order.write({ start: 9, end: 12 }, second.run),
    ];
    second.finish();
    await settle();
    expect(log).toEqual(['first starts']);
    first.finish();
    await Promise.all(both);
    expect(log).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
  });

  it('closes only after every write before, also when one failed', async () => {
    const { log, operation } = recorder();
    const order = new OperationOrder();
    const [slow, close] = [operation('slow'), operation('close')];
    const written = order.write({ start: 0, end: 1 }, slow.run);
    const broken = order.write({ start: 1, end: 2 }, () => Promise.reject(new Error('no space')));
    const closed = order.alone(close.run);
    close.finish();
    await expect(broken).rejects.toThrow('no space');
    expect(log).toEqual(['slow starts']);
    slow.finish();
    await Promise.all([written, closed]);
    expect(log).toEqual(['slow starts', 'slow ends', 'close starts', 'close ends']);
  });

  it('reads what was written before', async () => {
    const { log, operation } = recorder();
    const order = new OperationOrder();
    const [write, read] = [operation('write'), operation('read')];
    const both = [order.write({ start: 0, end: 1 }, write.run), order.read(read.run)];
    read.finish();
    await settle();
    expect(log).toEqual(['write starts']);
    write.finish();
    await Promise.all(both);
  });
});
