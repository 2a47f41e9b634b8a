import { freePort } from './free-ports.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * Launches a server on the wanted port, or on a free one; a free one that somebody took meanwhile is replaced once.
 */
export async function onFreePort(
  wanted: number | undefined,
  launch: (port: number) => Promise<ServerProcess>,
): Promise<{ readonly port: number; readonly server: ServerProcess }> {
  const port = wanted ?? (await freePort());
  try {
    return { port, server: await launch(port) };
  } catch (error) {
    const wasTaken = error instanceof Error && /address already in use/i.test(error.message);
    if (wanted !== undefined || !wasTaken) throw error;
    const another = await freePort();
    return { port: another, server: await launch(another) };
  }
}
