import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const lookEveryMs = 150;
/** After this time a person is told what an app waits for, in milliseconds. */
const explainAfterMs = 15_000;

/** Resolves when something listens on this port of 127.0.0.1; rejects when the signal is aborted. */
export async function untilListening(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) await sleep(lookEveryMs, undefined, { signal });
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

const report = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), sentence: z.string().optional() })),
});

/** Resolves when the app's /health/ready says 200. Tells once what it waits for, when that takes long. */
export async function untilAppReady(
  name: string,
  url: string,
  tell: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let told = false;
  for (;;) {
    const missing = await missingFor(`${url}/health/ready`, signal);
    if (missing === undefined) return;
    if (!told && performance.now() - began > explainAfterMs) {
      told = true;
      tell(`${name} is not ready yet: ${missing}`);
    }
    await sleep(lookEveryMs, undefined, { signal });
  }
}

/** What the app is not ready for; undefined when it is ready. */
async function missingFor(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    const body: unknown = await answer.json();
    if (answer.status === 200) return undefined;
    const { data } = report.safeParse(body);
    const failing = Object.values(data?.checks ?? {}).filter(({ ok }) => !ok);
    return failing.map(({ sentence }) => sentence ?? '').join(' ') || `it answers ${answer.status}.`;
  } catch (error) {
    if (signal.aborted) throw error;
    return 'it does not answer yet.';
  }
}
