import { maxKeyBytes, refusedKey } from '@waybill/domain';

/** A name as the file system gave it, as far as it is text. */
export interface FileName {
  /** The name itself or, where it is refused, an escaped form for display. */
  readonly text: string;
  /** Why it can be no key, as the end of a sentence. */
  readonly refused?: string;
}

/** Names are bytes to a file system: one that is not UTF-8 can be no key, but must still be seen. */
export function readName(bytes: Buffer): FileName {
  const text = bytes.toString('utf8');
  if (text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes)) {
    return { text: escaped(bytes), refused: 'its name is not UTF-8' };
  }
  if (/\p{Cc}/u.test(text)) return { text: escaped(bytes), refused: 'its name holds a control character' };
  return { text };
}

/** Why this key can't be taken, one sentence; undefined when it can. */
export function refusalOf(key: string, inherited: string | undefined): string | undefined {
  const reason = inherited ?? refusedKey(key)?.replace('it has', 'its path has');
  if (reason === undefined) return undefined;
  const most = `at most ${maxKeyBytes.toString()} bytes, UTF-8, no control characters`;
  return `I${reason.slice(1)}; rename it (${most}).`;
}

/** Readable characters stay, every other byte is shown as \xNN. */
function escaped(bytes: Buffer): string {
  let shown = '';
  let at = 0;
  while (at < bytes.length) {
    const character = characterAt(bytes, at);
    if (character === undefined || /\p{Cc}/u.test(character)) {
      shown += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`;
      at += 1;
    } else {
      shown += character;
      at += Buffer.byteLength(character);
    }
  }
  return shown;
}

function characterAt(bytes: Buffer, at: number): string | undefined {
  for (const length of [1, 2, 3, 4]) {
    const slice = bytes.subarray(at, at + length);
    const text = slice.toString('utf8');
    if (Buffer.from(text, 'utf8').equals(slice) && [...text].length === 1) return text;
  }
  return undefined;
}
