import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FileHandle } from 'node:fs/promises';
import type { DataFiles } from '../store/data-files.ts';
import type { Manifest } from '../store/manifest.ts';

const bufferBytes = 512 * 1024;

interface Sending {
  readonly response: ServerResponse;
  readonly data: DataFiles;
  readonly parts: Manifest['parts'];
  readonly start: number;
  readonly end: number;
}

/** Where bytes [start, end) of an object lie. */
export function* slices(parts: Manifest['parts'], start: number, end: number) {
  let offset = 0;
  for (const { file, size } of parts) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, size);
    if (from < to) yield { file, from, to };
    offset += size;
  }
}

/**
 * Streams bytes [start, end) as the answer's body, at the client's pace. `begin` sends the headers, once the first file
 * is open: until then a failure can still be told properly. Ends early without a word when the client goes away.
 */
export async function sendBytes(sending: Sending, begin: () => void): Promise<void> {
  const { response, data } = sending;
  for (const { file, from, to } of slices(sending.parts, sending.start, sending.end)) {
    const handle = await data.openForReading(file);
    try {
      if (!response.headersSent) begin();
      if (!(await sendSlice(response, handle, from, to))) return;
    } finally {
      await handle.close();
    }
  }
  response.end();
}

/** False when the client went away. */
async function sendSlice(response: ServerResponse, handle: FileHandle, from: number, to: number) {
  for (let at = from; at < to;) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(bufferBytes, to - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0)
      throw new Error(`A data file ends at ${at}, before byte ${to} that its manifest names.`);
    at += bytesRead;
    if (!response.write(buffer.subarray(0, bytesRead)) && !(await drained(response))) return false;
  }
  return true;
}

async function drained(response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return false;
  const stop = new AbortController();
  try {
    await Promise.race(['drain', 'close'].map(event => once(response, event, { signal: stop.signal })));
  } finally {
    stop.abort();
  }
  return !response.destroyed;
}
