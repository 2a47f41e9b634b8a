import { BufferPool } from './buffer-pool.ts';

const never = new AbortController().signal;
const settled = () => new Promise(resolve => setImmediate(resolve));

describe('BufferPool', () => {
  it('lends no more than its budget, and serves who waited longest first', async () => {
    const pool = new BufferPool(100);
    const first = await pool.acquire(60, never);
    const order: string[] = [];
    const large = pool.acquire(80, never).then(lent => (order.push('large'), lent));
    const small = pool.acquire(10, never).then(lent => (order.push('small'), lent));
    await settled();
    // 10 bytes would fit now, but the larger request came first and must not starve.
    expect(order).toEqual([]);
    first.release();
    const [a, b] = await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
    expect(pool.lent).toBe(90);
    a.release();
    b.release();
    expect(pool.lent).toBe(0);
  });

  it('grants more than the budget only to one alone', async () => {
    const pool = new BufferPool(100);
    const huge = await pool.acquire(500, never);
    let granted = false;
    const next = pool.acquire(1, never).then(lent => ((granted = true), lent));
    await settled();
    expect(granted).toBe(false);
    huge.release();
    (await next).release();
  });

  it('uses memory again', async () => {
    const pool = new BufferPool(1000);
    const first = await pool.acquire(400, never);
    const memory = first.buffer.buffer;
    first.release();
    const second = await pool.acquire(300, never);
    expect(second.buffer.buffer).toBe(memory);
    expect(second.buffer.byteLength).toBe(300);
    second.release();
  });

  it('counts a buffer that is released twice once', async () => {
    const pool = new BufferPool(100);
    const lent = await pool.acquire(50, never);
    lent.release();
    const other = await pool.acquire(50, never);
    lent.release();
    expect(pool.lent).toBe(50);
    other.release();
  });

  it('lets a waiting request go when it is aborted, and serves those behind it', async () => {
    const pool = new BufferPool(100);
    const first = await pool.acquire(60, never);
    const controller = new AbortController();
    const aborted = pool.acquire(90, controller.signal);
    const behind = pool.acquire(40, never);
    controller.abort(new Error('stopped'));
    await expect(aborted).rejects.toThrow('stopped');
    (await behind).release();
    first.release();
    await expect(pool.acquire(1, controller.signal)).rejects.toThrow('stopped');
  });

  it('refuses a budget that is none', () => {
    expect(() => new BufferPool(0)).toThrow('no budget');
  });
});
