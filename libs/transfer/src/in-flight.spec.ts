import { InFlight } from './in-flight.ts';

const never = new AbortController().signal;
const settled = () => new Promise(resolve => setImmediate(resolve));

/** A task that ends when told to, or with its signal. */
function task() {
  let end: (error?: Error) => void = () => undefined;
  let ended = false;
  const run = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      end = error => (error === undefined ? resolve() : reject(error));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }).finally(() => {
      ended = true;
    });
  return { run, end: (error?: Error) => end(error), ended: () => ended };
}

describe('InFlight', () => {
  it('lets no more run than it may', async () => {
    const flight = new InFlight(2, never);
    const [first, second] = [task(), task()];
    flight.start(first.run);
    flight.start(second.run);
    let room = false;
    const waiting = flight.room().then(() => (room = true));
    await settled();
    expect(room).toBe(false);
    first.end();
    await waiting;
    second.end();
    await flight.finish();
  });

  it('stops the others at the first failure, and lets none run on', async () => {
    const flight = new InFlight(3, never);
    const [bad, other] = [task(), task()];
    flight.start(bad.run);
    flight.start(other.run);
    bad.end(new Error('first'));
    await expect(flight.finish()).rejects.toThrow('first');
    expect(other.ended()).toBe(true);
    await expect(flight.room()).rejects.toThrow('first');
  });

  it('names the failure that came first when it is cancelled after it', async () => {
    const flight = new InFlight(2, never);
    const bad = task();
    flight.start(bad.run);
    bad.end(new Error('first'));
    await settled();
    expect(await flight.cancel(new Error('second'))).toMatchObject({ message: 'first' });
  });

  it('stops with the signal it was given', async () => {
    const controller = new AbortController();
    const flight = new InFlight(1, controller.signal);
    const running = task();
    flight.start(running.run);
    controller.abort(new Error('shutting down'));
    await expect(flight.finish()).rejects.toThrow('shutting down');
    expect(running.ended()).toBe(true);
    await expect(new InFlight(1, controller.signal).room()).rejects.toThrow('shutting down');
  });
});
